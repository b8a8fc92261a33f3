//! Stores the shared strings of a workbook together, without an allocation for each string. Also replaces Excel's
//! escapes in a text. `xlsx.rs` reads rich text itself.

use super::Fault;

/// Many texts in one block of memory.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    /// Returns the buffer to which the next text is added.
    pub(super) fn end(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends the text that was just added. Fails if all texts together take more than `most` bytes.
    pub(super) fn push(&mut self, most: usize) -> Result<(), Fault> {
        self.check(most)?;
        self.ends.push(self.bytes.len() as u32);
        Ok(())
    }

    /// Fails if the texts take more than `most` bytes.
    pub(super) fn check(&self, most: usize) -> Result<(), Fault> {
        match self.bytes.len() + self.ends.len() * 4 {
            bytes if bytes > most.min(1 << 31) => Err(Fault::TooMany(most as u64, "bytes of text in the workbook")),
            _ => Ok(()),
        }
    }

    /// Returns the text with this index.
    pub(super) fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |start| *start as usize);
        self.bytes.get(start..end)
    }
}

/// Removes the white space around the text after the offset `start`. XML does not keep such space unless it is marked
/// as preserved.
pub(super) fn trim_from(bytes: &mut Vec<u8>, start: usize) {
    let text = bytes.get(start..).unwrap_or_default();
    let before = text.len() - text.trim_ascii_start().len();
    let kept = text.trim_ascii().len();
    bytes.drain(start..start + before);
    bytes.truncate(start + kept);
}

/// Replaces Excel's escapes for control characters, such as `_x000D_`, in the text after the offset `start`.
pub(super) fn resolve_escapes(bytes: &mut Vec<u8>, start: usize) {
    let text = bytes.get(start..).unwrap_or_default();
    if memchr::memmem::find(text, b"_x").is_none() {
        return;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, b"_x") {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let hex = from.get(2..6).filter(|_| from.get(6) == Some(&b'_')).and_then(|hex| str::from_utf8(hex).ok());
        let c = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        match c {
            Some(c) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = from.get(7..).unwrap_or_default();
            }
            None => {
                out.extend_from_slice(b"_x");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    out.extend_from_slice(rest);
    bytes.truncate(start);
    bytes.append(&mut out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_each_shared_text_under_its_index() {
        let mut texts = Texts::default();
        for text in ["Zoë", "", "x"] {
            texts.end().extend_from_slice(text.as_bytes());
            texts.push(100).unwrap();
        }
        let got: Vec<_> = (0..4).map(|index| texts.get(index)).collect();
        assert_eq!(got, [Some("Zoë".as_bytes()), Some(b""), Some(b"x"), None]);
        assert!(texts.check(16).is_err() && texts.check(17).is_ok());
    }

    #[test]
    fn decodes_the_escape_sequences_of_excel() {
        for (text, expected) in
            [("a_x000D_b", "a\rb"), ("_x005F_x000D_", "_x000D_"), ("_xZZZZ_ _x00", "_xZZZZ_ _x00"), ("max_x", "max_x")]
        {
            let mut bytes = [b"# ", text.as_bytes()].concat();
            resolve_escapes(&mut bytes, 2);
            assert_eq!(String::from_utf8(bytes).unwrap(), format!("# {expected}"));
        }
        let mut bytes = b"#  a b \n".to_vec();
        trim_from(&mut bytes, 1);
        assert_eq!(bytes, b"#a b");
    }
}
