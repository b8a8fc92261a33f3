//! Turns a file into text in the template's columns, or reports why that is not possible. `table/decode.rs` decodes the
//! bytes, and `reader/mapped.rs` rewrites the columns.

use crate::problem::{Detail, ProblemCode as Code};
use crate::table::{self, Decoded, NotText};

use super::super::Input;
use super::super::mapped::{self, By};
use super::FileReader;

/// The length of the longest text in bytes. Offsets in the text must fit in 32 bits.
pub(super) const LONGEST_TEXT: usize = 1 << 31;

impl FileReader<'_> {
    /// Returns the text of the file, or the reason why there is no text.
    pub(super) fn decoded(&self, input: Input<'_>) -> Result<Decoded, (Code, Detail)> {
        let most = self.limits.file_bytes;
        let bytes = input.filter(|bytes| bytes.len() as u64 <= most).ok_or_else(|| self.too_large())?;
        // If rows are written, decode the whole file first. Written rows cannot be taken back if the file proves not to
        // be UTF-8.
        let decode = if self.corrected.is_some() || self.by.is_some() { table::decode } else { table::presume };
        self.within_reach(decode(bytes).map_err(unreadable)?)
    }

    /// Rewrites an export in the template's columns with the mapping, or reports why that is not possible.
    pub(super) fn rearranged(&mut self, decoded: Decoded) -> Result<Decoded, Decoded> {
        let Some((mapping, vocabulary)) = self.by.clone() else { return Ok(decoded) };
        let sign_in = self.rules.sign_in;
        let premium = self.premium.as_ref();
        let by = By { mapping: &mapping, vocabulary: &vocabulary, premium, sign_in, limits: &self.limits };
        match mapped::rearranged(decoded, &by) {
            Ok((text, mapped)) => {
                self.mapped = Some(mapped);
                Ok(text)
            }
            Err((export, problems)) => {
                self.found.report.set_uncertain();
                problems.into_iter().for_each(|problem| self.found.report.add(problem, false));
                Err(export)
            }
        }
    }

    /// Refuses a text that is too long after its conversion to UTF-8.
    pub(super) fn within_reach(&self, decoded: Decoded) -> Result<Decoded, (Code, Detail)> {
        if decoded.text.len() > self.longest_text { Err(self.too_large()) } else { Ok(decoded) }
    }

    pub(super) fn too_large(&self) -> (Code, Detail) {
        (Code::FileTooLarge, Detail::limit(self.limits.file_bytes, "bytes in the file"))
    }
}

/// Returns the problem with a file that is not text.
pub(super) fn unreadable(unreadable: NotText) -> (Code, Detail) {
    match unreadable {
        NotText::Empty => (Code::EmptyFile, Detail::None),
        NotText::Not(what) => (Code::NotACsv, Detail::note(what)),
    }
}
