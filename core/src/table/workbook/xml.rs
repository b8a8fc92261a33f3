//! Reads XML as tokens through a buffer of fixed size, because a workbook's contents cannot be trusted.
//!
//! ```text
//! part ── inflated ──> buffer of 64 KiB ──> tokens, borrowed from it
//! ```
//! A tag must fit into the buffer. A text may have any length, because it is read in pieces. Only XML's five entities
//! and numeric entities are accepted. So a small file cannot expand into a huge text.

use std::io::Read;

use memchr::{memchr, memchr3, memmem};

use super::{Budget, Fault};

const BUFFER: usize = 1 << 16;
/// The length of the longest entity, including `&` and `;`: `&#1114111;`.
const LONGEST_ENTITY: usize = 12;

/// Reads the tokens of a part.
pub(super) struct Xml<'b> {
    from: Box<dyn Read + 'b>,
    buffer: Box<[u8]>,
    at: usize,
    end: usize,
    /// Whether everything has been read into the buffer.
    is_whole: bool,
    /// Whether the next text continues inside CDATA.
    in_cdata: bool,
}

/// One token, borrowed until the next token is read.
#[derive(Debug)]
pub(super) enum XmlToken<'x> {
    Start(Tag<'x>),
    /// The local name of an element that ends.
    End(&'x [u8]),
    /// A text or a piece of a text. Its entities are not resolved.
    Text(&'x [u8]),
    /// A text without entities, from CDATA.
    Verbatim(&'x [u8]),
}

/// An element that begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'x> {
    /// The name without its prefix.
    pub(super) name: &'x [u8],
    attributes: &'x [u8],
    /// Whether the element ends at once. No [`XmlToken::End`] follows such an element.
    pub(super) is_empty: bool,
}

impl<'b> Xml<'b> {
    pub(super) fn new(from: Box<dyn Read + 'b>) -> Self {
        let buffer = vec![0; BUFFER].into();
        Self { from, buffer, at: 0, end: 0, is_whole: false, in_cdata: false }
    }

    fn held(&self) -> &[u8] {
        &self.buffer[self.at..self.end]
    }

    /// Reads more bytes into the buffer. Returns false if the input has ended, or if the buffer has no space.
    fn fill(&mut self, budget: &mut Budget<'_>) -> Result<bool, Fault> {
        if self.is_whole {
            return Ok(false);
        }
        if self.at > 0 {
            self.buffer.copy_within(self.at..self.end, 0);
            (self.at, self.end) = (0, self.end - self.at);
        }
        let Some(room) = self.buffer.get_mut(self.end..).filter(|room| !room.is_empty()) else { return Ok(false) };
        let more = self.from.read(room).map_err(|_| Fault::DAMAGED)?;
        budget.take(more)?;
        self.is_whole = more == 0;
        self.end += more;
        Ok(more > 0)
    }

    /// Skips everything up to a mark, and the mark itself.
    fn skip_past(&mut self, mark: &[u8], budget: &mut Budget<'_>) -> Result<(), Fault> {
        loop {
            if let Some(found) = memmem::find(self.held(), mark) {
                self.at += found + mark.len();
                return Ok(());
            }
            // The buffer may end with the first bytes of the mark.
            self.at = self.at.max((self.end + 1).saturating_sub(mark.len()));
            if !self.fill(budget)? {
                return Err(Fault::DAMAGED);
            }
        }
    }

    /// Returns the next token, or `None` at the end.
    pub(super) fn next(&mut self, budget: &mut Budget<'_>) -> Result<Option<XmlToken<'_>>, Fault> {
        loop {
            if self.in_cdata {
                return self.cdata(budget).map(Some);
            }
            match self.held() {
                [] => {
                    if !self.fill(budget)? {
                        return Ok(None);
                    }
                }
                [b'<', ..] => {
                    // Nine bytes are enough to recognise what begins here.
                    while self.held().len() < 9 && self.fill(budget)? {}
                    let held = self.held();
                    if held.starts_with(b"<![CDATA[") {
                        self.at += 9;
                        self.in_cdata = true;
                    } else if held.starts_with(b"<!--") {
                        self.at += 4;
                        self.skip_past(b"-->", budget)?;
                    } else if held.starts_with(b"<?") {
                        self.skip_past(b"?>", budget)?;
                    } else if held.starts_with(b"<!") {
                        return Err(Fault::DAMAGED);
                    } else {
                        return self.tag(budget).map(Some);
                    }
                }
                _ => return self.text(budget).map(Some),
            }
        }
    }

    fn text(&mut self, budget: &mut Budget<'_>) -> Result<XmlToken<'_>, Fault> {
        let mut seen = 0;
        let length = loop {
            let rest = self.held().get(seen..).unwrap_or_default();
            if let Some(found) = memchr(b'<', rest) {
                break seen + found;
            }
            seen += rest.len();
            if !self.fill(budget)? {
                // This is a piece of a text, or the end of a text that was cut off. A piece never ends inside an
                // entity.
                let held = self.held();
                let tail = held.len().saturating_sub(LONGEST_ENTITY);
                let entity = held.get(tail..).and_then(|tail| memchr::memrchr(b'&', tail));
                let open = entity.filter(|at| {
                    !self.is_whole && tail + at > 0 && memchr(b';', held.get(tail + at..).unwrap_or_default()).is_none()
                });
                break open.map_or(held.len(), |at| tail + at);
            }
        };
        let from = self.at;
        self.at += length;
        Ok(XmlToken::Text(self.buffer.get(from..from + length).unwrap_or_default()))
    }

    fn cdata(&mut self, budget: &mut Budget<'_>) -> Result<XmlToken<'_>, Fault> {
        let mut seen = 0_usize;
        let (length, mark) = loop {
            let from = seen.saturating_sub(2);
            if let Some(found) = memmem::find(self.held().get(from..).unwrap_or_default(), b"]]>") {
                break (from + found, 3);
            }
            seen = self.held().len();
            if !self.fill(budget)? {
                if self.is_whole {
                    return Err(Fault::DAMAGED);
                }
                break (seen - 2, 0);
            }
        };
        self.in_cdata = mark == 0;
        let from = self.at;
        self.at += length + mark;
        Ok(XmlToken::Verbatim(self.buffer.get(from..from + length).unwrap_or_default()))
    }

    fn tag(&mut self, budget: &mut Budget<'_>) -> Result<XmlToken<'_>, Fault> {
        let (mut seen, mut quote) = (1, None);
        // Nearly every tag ends at its first `>`. That is certain if no quote is open before it.
        let first = memchr(b'>', self.held()).filter(|end| {
            let before = self.held().get(..*end).unwrap_or_default();
            let quotes = before.iter().filter(|byte| **byte == b'"').count();
            quotes.is_multiple_of(2) && !before.contains(&b'\'')
        });
        let length = loop {
            if let Some(first) = first {
                break first;
            }
            let rest = self.held().get(seen..).unwrap_or_default();
            let found = match quote {
                Some(quote) => memchr(quote, rest),
                None => memchr3(b'>', b'"', b'\'', rest),
            };
            match found.and_then(|found| Some((found, *rest.get(found)?))) {
                Some((found, b'>')) if quote.is_none() => break seen + found,
                Some((found, mark)) => {
                    quote = if quote.is_some() { None } else { Some(mark) };
                    seen += found + 1;
                }
                None => {
                    seen += rest.len();
                    if !self.fill(budget)? {
                        return Err(Fault::DAMAGED);
                    }
                }
            }
        };
        let from = self.at;
        self.at += length + 1;
        let inner = self.buffer.get(from + 1..from + length).unwrap_or_default();
        if let Some(name) = inner.strip_prefix(b"/") {
            return Ok(XmlToken::End(local(name.trim_ascii_end())));
        }
        let (inner, is_empty) = inner.strip_suffix(b"/").map_or((inner, false), |inner| (inner, true));
        let end = inner.iter().position(u8::is_ascii_whitespace).unwrap_or(inner.len());
        let (name, attributes) = inner.split_at_checked(end).ok_or(Fault::DAMAGED)?;
        Ok(XmlToken::Start(Tag { name: local(name), attributes, is_empty }))
    }

    /// Skips to the end of the element that has just begun.
    pub(super) fn skip(&mut self, budget: &mut Budget<'_>) -> Result<(), Fault> {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next(budget)?.ok_or(Fault::DAMAGED)? {
                XmlToken::Start(tag) if !tag.is_empty => depth += 1,
                XmlToken::End(_) => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }
}

fn local(name: &[u8]) -> &[u8] {
    memchr(b':', name).and_then(|at| name.get(at + 1..)).unwrap_or(name)
}

impl<'x> Tag<'x> {
    /// Returns the raw value of an attribute by its full name, with any prefix.
    pub(super) fn raw(&self, name: &[u8]) -> Option<&'x [u8]> {
        self.attributes().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Returns the raw value of an attribute by its name without prefix.
    pub(super) fn local(&self, name: &[u8]) -> Option<&'x [u8]> {
        self.attributes().find(|(known, _)| local(known) == name).map(|(_, value)| value)
    }

    /// Returns the value of an attribute as text.
    pub(super) fn text(&self, name: &[u8]) -> Option<String> {
        self.local(name).map(|raw| {
            let mut text = Vec::new();
            unescape(raw, &mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    }

    /// Returns the value of an attribute as a number.
    pub(super) fn number(&self, name: &[u8]) -> Option<u32> {
        self.local(name).and_then(digits)
    }

    /// Returns whether an attribute means yes.
    pub(super) fn is(&self, name: &[u8]) -> bool {
        matches!(self.raw(name), Some(b"1" | b"true" | b"on"))
    }

    /// Returns the names and raw values of the attributes, in order.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'x [u8], &'x [u8])> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            rest = rest.trim_ascii_start();
            let equals = memchr(b'=', rest)?;
            let name = rest.get(..equals)?.trim_ascii_end();
            let value = rest.get(equals + 1..)?.trim_ascii_start();
            let quote = *value.first().filter(|mark| matches!(mark, b'"' | b'\''))?;
            let value = value.get(1..)?;
            let end = memchr(quote, value)?;
            rest = value.get(end + 1..)?;
            Some((name, value.get(..end)?))
        })
    }
}

/// Returns the number that some digits form, unless there are other characters or too many digits.
pub(super) fn digits(bytes: &[u8]) -> Option<u32> {
    let digit = |number: u32, byte: &u8| match byte {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(u32::from(byte - b'0')),
        _ => None,
    };
    if bytes.is_empty() { None } else { bytes.iter().try_fold(0, digit) }
}

/// Adds a text to `out` with its entities resolved. An unknown entity stays as it is.
pub(super) fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let end = from.iter().take(LONGEST_ENTITY).position(|byte| *byte == b';');
        let known = end.and_then(|end| Some((end, entity(from.get(1..end)?)?)));
        match known {
            Some((end, c)) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = from.get(end + 1..).unwrap_or_default();
            }
            None => {
                out.push(b'&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.extend_from_slice(rest);
}

fn entity(name: &[u8]) -> Option<char> {
    match name {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', hex @ ..] => char::from_u32(u32::from_str_radix(str::from_utf8(hex).ok()?, 16).ok()?),
        [b'#', decimal @ ..] => char::from_u32(digits(decimal)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that returns only a few bytes at a time.
    struct Slow<'b>(&'b [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(self.0.len()).min(into.len());
            let (now, later) = self.0.split_at(length);
            into[..length].copy_from_slice(now);
            self.0 = later;
            Ok(length)
        }
    }

    fn tokens_of(xml: &str, step: usize) -> String {
        let mut tokens = Xml::new(Box::new(Slow(xml.as_bytes(), step)));
        let mut budget = Budget::of(1 << 30, None);
        let mut out = Vec::new();
        loop {
            match tokens.next(&mut budget) {
                Ok(Some(XmlToken::Start(tag))) => {
                    out.extend_from_slice(b"<");
                    out.extend_from_slice(tag.name);
                    if let Some(id) = tag.text(b"id") {
                        out.extend_from_slice(format!(" {id}").as_bytes());
                    }
                    out.extend_from_slice(if tag.is_empty { b"/>" } else { b">" });
                }
                Ok(Some(XmlToken::End(name))) => out.extend_from_slice(&[b"</", name, b">"].concat()),
                Ok(Some(XmlToken::Text(text))) => unescape(text, &mut out),
                Ok(Some(XmlToken::Verbatim(text))) => out.extend_from_slice(text),
                Ok(None) => break,
                Err(_) => {
                    out.extend_from_slice(b"!");
                    break;
                }
            }
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn reads_xml_tokens_from_input_pieces_of_any_size() {
        let xml = "<?xml version='1.0'?><!-- a > b --><x:a r:id=\"&lt;1>\">b&amp;&#233;&#x142;&no; <![CDATA[<&]]]]>]]<c/></x:a>";
        for step in [1, 2, 3, 7, 1 << 20] {
            assert_eq!(tokens_of(xml, step), "<a <1>>b&éł&no; <&]]]]<c/></a>", "{step}");
        }
        for (xml, expected) in
            [("<a", "!"), ("<a>b", "<a>b"), ("<!DOCTYPE a>", "!"), ("<![CDATA[a", "!"), ("<!-- a", "!")]
        {
            assert_eq!(tokens_of(xml, 2), expected, "{xml}");
        }
    }

    #[test]
    fn reads_long_texts_in_pieces_and_refuses_long_tags() {
        let long = "x&amp;".repeat(40_000);
        assert_eq!(tokens_of(&format!("<a>{long}</a>"), 1000), format!("<a>{}</a>", "x&".repeat(40_000)));
        let cdata = "x]]".repeat(40_000);
        assert_eq!(tokens_of(&format!("<a><![CDATA[{cdata}]]></a>"), 1000), format!("<a>{cdata}</a>"));
        assert_eq!(tokens_of(&format!("<a b=\"{}\"/>", "x".repeat(BUFFER)), 1000), "!");
    }
}
