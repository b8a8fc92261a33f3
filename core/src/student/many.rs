//! Stores many students in the bytes that they were read from (`Students`).

use std::fmt;
use std::hint::black_box;
use std::sync::{Arc, OnceLock};

use twox_hash::XxHash3_64;

use super::line::{self, StudentLine};
use super::{Codes, Ids, Student};
use crate::keys::Keys;
use crate::values::ethnicity::Ethnicities;

/// Why the texts of a stored row are certainly there.
const KEPT_TEXT: &str = "invariant: a row is kept only if its texts are UTF-8";

/// The location of a student, in four bytes. Below `STORED`, it is the offset of the line in the file. From `STORED`,
/// it is an index into the separately stored students. It is small because reading mostly waits for memory.
type At = u32;
const STORED: At = 1 << 31;

/// A student who is not stored as a line. The four texts follow each other with one byte between them, either in the
/// file or in the arena.
#[derive(Debug, Clone, Copy)]
struct StoredRow {
    start: u32,
    lengths: [u16; 4],
    ethnicity: u16,
    bits: u8,
    /// Bits 0 to 3 say which of the four texts are in quotation marks. The bit [`IN_ARENA`] says whether the texts are
    /// in the arena.
    how: u8,
}

const IN_ARENA: u8 = 1 << 7;

impl StoredRow {
    fn codes(&self) -> Codes {
        Codes { ethnicity: self.ethnicity, bits: self.bits }
    }

    fn is_in_arena(&self) -> bool {
        self.how & IN_ARENA != 0
    }

    /// Returns the length of a text with its quotation marks.
    #[inline(always)]
    fn width(&self, text: usize) -> usize {
        usize::from(self.lengths[text]) + 2 * usize::from(self.how >> text & 1)
    }

    /// Returns the first `N` texts.
    #[inline]
    #[allow(clippy::expect_used)]
    fn texts<'s, const N: usize>(&self, text: &'s [u8]) -> [&'s str; N] {
        let start = self.start as usize;
        let end = (0..N).fold(start + N - 1, |end, text| end + self.width(text));
        let texts = text.get(start..end).and_then(|texts| str::from_utf8(texts).ok()).expect(KEPT_TEXT);
        let mut from = 0;
        std::array::from_fn(|text| {
            let cell = from + usize::from(self.how >> text & 1);
            from += self.width(text) + 1;
            texts.get(cell..cell + usize::from(self.lengths[text])).expect(KEPT_TEXT)
        })
    }
}

/// Many students, in the bytes that they were read from.
#[derive(Debug, Clone)]
pub(crate) struct Students {
    file: Arc<Hidden<Vec<u8>>>,
    first: Segment,
    /// The students that other threads have read. These segments are not copied into one list, because copying takes
    /// longer than a lookup in a segment.
    more: Vec<Segment>,
    /// The ids, up to the last student who has an id. Most files have no ids.
    pub(super) ids: Vec<Ids>,
    ethnicities: Arc<Ethnicities>,
    /// The hashes of the usernames. The reader sets them, or they are computed when they are first needed.
    usernames: OnceLock<Keys>,
}

/// Students that are stored one after another.
#[derive(Debug, Clone, Default)]
struct Segment {
    at: Vec<At>,
    stored_rows: Vec<StoredRow>,
    arena: Hidden<String>,
}

/// A student who was found by index.
#[derive(Clone, Copy)]
enum StudentRef<'s> {
    /// The student is stored as a line of the file.
    Line(StudentLine<'s>),
    /// The student is stored separately. The second field is the text that contains the four texts.
    StoredRow(&'s StoredRow, &'s [u8]),
}

/// The text of a whole school, which no `Debug` shows.
#[derive(Clone, Default)]
struct Hidden<T>(T);

impl<T> fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

impl Students {
    pub(crate) fn new(ethnicities: Arc<Ethnicities>) -> Self {
        Self {
            file: Arc::default(),
            first: Segment::default(),
            more: Vec::new(),
            ids: Vec::new(),
            ethnicities,
            usernames: OnceLock::new(),
        }
    }

    /// Takes the UTF-8 text that the offsets of [`push_line`](Self::push_line) and
    /// [`push_in_place`](Self::push_in_place) refer to. We do not check the whole text as a `String` does, because the
    /// check takes a tenth of the reading time. Checking one student's text when it is needed takes almost no time.
    pub(crate) fn own(&mut self, file: Vec<u8>) {
        self.file = Arc::new(Hidden(file));
    }

    /// Returns the text of the file.
    pub(crate) fn file(&self) -> &[u8] {
        &self.file.0
    }

    pub(crate) fn reserve(&mut self, more: usize) {
        self.last().at.reserve(more);
    }

    pub(crate) fn len(&self) -> usize {
        self.more.iter().fold(self.first.at.len(), |len, segment| len + segment.at.len())
    }

    #[inline(always)]
    fn last(&mut self) -> &mut Segment {
        self.more.last_mut().unwrap_or(&mut self.first)
    }

    /// Returns the segment that contains a student, and the student's index in the segment.
    #[inline]
    fn segment(&self, mut index: usize) -> (&Segment, usize) {
        let mut segment = &self.first;
        for next in &self.more {
            if index < segment.at.len() {
                break;
            }
            index -= segment.at.len();
            segment = next;
        }
        (segment, index)
    }

    /// Returns a student, with the text that contains the student's values.
    #[inline]
    fn found(&self, index: usize) -> Option<StudentRef<'_>> {
        let (segment, index) = self.segment(index);
        let at = *segment.at.get(index)?;
        let Some(index) = at.checked_sub(STORED) else {
            return self.file.0.get(at as usize..).map(|text| StudentRef::Line(StudentLine(text)));
        };
        let stored = segment.stored_rows.get(index as usize)?;
        let text = if stored.is_in_arena() { segment.arena.0.as_bytes() } else { &self.file.0 };
        Some(StudentRef::StoredRow(stored, text))
    }

    /// Adds a student whose line in the file is exactly right. The line has nine values in template order, with a comma
    /// between them and no quotation marks. If the reader refuses the file, only the four texts in the line need to be
    /// right.
    #[inline]
    pub(crate) fn push_line(&mut self, start: u32) {
        self.last().at.push(start);
    }

    /// Adds a student whose four texts start at `start` in the file, with one byte between them. Bits 0 to 3 of
    /// `quoted` say which of the four texts are in quotation marks.
    pub(crate) fn push_in_place(&mut self, start: u32, lengths: [u16; 4], quoted: u8, codes: Codes) {
        let last = self.last();
        let Codes { ethnicity, bits } = codes;
        let at = last.keep(StoredRow { start, lengths, ethnicity, bits, how: quoted & !IN_ARENA });
        last.at.push(at);
    }

    /// Adds a student by copying the texts. A text of more than 65,535 bytes would become blank, but the checks accept
    /// no such text.
    pub(crate) fn push(&mut self, texts: [&str; 4], codes: Codes) {
        let last = self.last();
        let copy = last.copy(texts, codes);
        let at = last.keep(copy);
        last.at.push(at);
        self.usernames.take();
    }

    /// Adds a copy of a student from a different roster, and returns the index of the copy. The ethnicity must be among
    /// this roster's codes.
    pub(crate) fn push_copy(&mut self, student: &Student<'_>, ids: [Option<&str>; 2]) -> usize {
        self.push(student.texts(), student.codes(&self.ethnicities));
        let index = self.len() - 1;
        self.set_ids(index, Ids::new(ids[0], ids[1]));
        index
    }

    /// Adds later students of the same file. They must not have ids.
    pub(crate) fn join(&mut self, later: Self) {
        self.more.push(later.first);
        self.more.extend(later.more);
    }

    /// Replaces the student at an index.
    pub(crate) fn set(&mut self, index: usize, texts: [&str; 4], codes: Codes) {
        let mut index = index;
        let segments = std::iter::once(&mut self.first).chain(&mut self.more);
        for segment in segments {
            if index < segment.at.len() {
                let copy = segment.copy(texts, codes);
                match segment.at[index].checked_sub(STORED) {
                    Some(stored) => segment.stored_rows[stored as usize] = copy,
                    None => segment.at[index] = segment.keep(copy),
                }
                break;
            }
            index -= segment.at.len();
        }
        self.usernames.take();
    }

    /// Sets the hashes of the usernames. There must be one hash for each student, in the order of the students.
    pub(crate) fn set_usernames(&mut self, keys: Keys) {
        self.usernames = OnceLock::from(keys);
    }

    /// Returns the hashes of the usernames.
    pub(crate) fn usernames(&self) -> &Keys {
        self.usernames.get_or_init(|| Keys::of((0..self.len()).map(|index| self.names(index)[1])))
    }

    /// Returns the full name.
    #[inline]
    pub(crate) fn full_name(&self, index: usize) -> &str {
        let [name] = self.first_texts(index);
        name
    }

    /// Returns the full name and the username.
    #[inline]
    pub(crate) fn names(&self, index: usize) -> [&str; 2] {
        self.first_texts(index)
    }

    /// Returns the four texts.
    #[inline]
    pub(crate) fn texts(&self, index: usize) -> [&str; 4] {
        self.first_texts(index)
    }

    #[inline]
    fn first_texts<const N: usize>(&self, index: usize) -> [&str; N] {
        match self.found(index) {
            Some(StudentRef::Line(line)) => line.first_cells(),
            Some(StudentRef::StoredRow(stored, text)) => stored.texts(text),
            None => [""; N],
        }
    }

    /// Loads the texts of these students into the cache. Requesting all of them at once takes less time than requesting
    /// one after another.
    pub(crate) fn fetch(&self, students: impl Iterator<Item = usize>) {
        const MOST: usize = 256;
        /// The usual length of a text.
        const USUAL: usize = 64;
        let mut texts = [&[][..]; MOST];
        let there = students.filter_map(|index| self.found(index));
        texts.iter_mut().zip(there).for_each(|(text, found)| {
            *text = match found {
                StudentRef::Line(StudentLine(text)) => text,
                StudentRef::StoredRow(stored, text) => text.get(stored.start as usize..).unwrap_or_default(),
            }
        });
        let ends = texts.iter().map(|text| text.first().unwrap_or(&0) ^ text.get(USUAL).unwrap_or(&0));
        black_box(ends.fold(0, |all, ends| all ^ ends));
    }

    /// Returns a function that hashes everything about a student except the ids. Equal students have equal hashes in
    /// any roster. Two different students have equal hashes by chance once in 10^19. A hash identifies nobody.
    pub(crate) fn row_hasher(&self) -> impl Fn(usize) -> u64 {
        |index| match self.found(index) {
            Some(StudentRef::Line(line)) => line.row_hash(),
            Some(found) => line::row_hash(&self.student(found)),
            None => 0,
        }
    }

    /// Returns the hash of each student.
    pub(crate) fn row_hashes(&self) -> impl Iterator<Item = u64> {
        (0..self.len()).map(self.row_hasher())
    }

    /// Returns a hash of `row_hash` and the student's ids. Returns `row_hash` itself if the student has no ids.
    pub(crate) fn hash_with_ids(&self, index: usize, row_hash: u64) -> u64 {
        if self.ids.get(index).is_none_or(|ids| *ids == Ids::default()) {
            return row_hash;
        }
        let mut all = row_hash.to_le_bytes().to_vec();
        for id in self.ids(index) {
            all.push(u8::from(id.is_some()));
            all.extend(id.unwrap_or_default().as_bytes());
            all.push(0);
        }
        XxHash3_64::oneshot(&all)
    }

    /// Returns the offsets of a student's row and username in the file, if the student's texts are there.
    pub(crate) fn in_file(&self, index: usize) -> Option<[u32; 2]> {
        let (segment, index) = self.segment(index);
        let at = *segment.at.get(index)?;
        let Some(index) = at.checked_sub(STORED) else {
            let [name] = StudentLine(self.file.0.get(at as usize..)?).first_cells();
            return Some([at, at + name.len() as u32 + 1]);
        };
        let stored = segment.stored_rows.get(index as usize).filter(|stored| !stored.is_in_arena())?;
        Some([stored.start, stored.start + stored.width(0) as u32 + 1])
    }

    pub(crate) fn get(&self, index: usize) -> Option<Student<'_>> {
        self.found(index).map(|found| self.student(found))
    }

    /// Returns the student at an index, which must be valid.
    #[allow(clippy::expect_used)]
    pub(crate) fn at(&self, index: usize) -> Student<'_> {
        self.get(index).expect("invariant: an index is of a student")
    }

    fn student<'s>(&'s self, found: StudentRef<'s>) -> Student<'s> {
        match found {
            StudentRef::Line(line) => {
                let (texts, codes) = line.read(&self.ethnicities);
                Student::new(texts, codes, &self.ethnicities)
            }
            StudentRef::StoredRow(stored, text) => Student::new(stored.texts(text), stored.codes(), &self.ethnicities),
        }
    }

    pub(crate) fn ethnicities(&self) -> &Arc<Ethnicities> {
        &self.ethnicities
    }

    /// Adds ethnicity codes to those that the students may have.
    pub(crate) fn add_ethnicities(&mut self, others: &Arc<Ethnicities>) {
        self.ethnicities = Ethnicities::joined(&self.ethnicities, others);
    }
}

impl Segment {
    /// Copies the texts of a student to the arena.
    fn copy(&mut self, texts: [&str; 4], codes: Codes) -> StoredRow {
        let arena = &mut self.arena.0;
        let start = arena.len() as u32;
        let lengths = texts.map(|text| {
            // A longer text is an error, so a row with such a text is refused, and its text is not needed.
            let length = u16::try_from(text.len()).unwrap_or(0);
            arena.push_str(text.get(..usize::from(length)).unwrap_or_default());
            arena.push(',');
            length
        });
        StoredRow { start, lengths, ethnicity: codes.ethnicity, bits: codes.bits, how: IN_ARENA }
    }

    /// Stores a student, and returns the location.
    fn keep(&mut self, student: StoredRow) -> At {
        self.stored_rows.push(student);
        STORED + (self.stored_rows.len() - 1) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::gender::Gender;
    use crate::values::year_group::YearGroup;

    #[test]
    fn a_stored_student_takes_4_or_20_bytes() {
        assert_eq!((size_of::<At>(), size_of::<StoredRow>()), (4, 16));
    }

    #[test]
    fn returns_each_student_that_was_stored() {
        let set = Ethnicities::shared();
        let index = set.index(b"MWBC").unwrap();
        let mut students = Students::new(set);
        students.push_in_place(2, [4, 3, 1, 2], 0, Codes::new(Some(Gender::NonBinary), true, index, false, true));
        students.push(["Zoë", "zoe", "Year 7", "7B"], Codes::new(Some(Gender::Female), false, index, true, false));
        students.own("x,Name,use,7,7B,…".into());
        let first = students.get(0).unwrap();
        assert_eq!(first.cells(), ["Name", "use", "7", "7B", "Non-Binary", "Yes", "MWBC", "No", "Yes"]);
        let second = students.get(1).unwrap();
        assert_eq!(second.cells(), ["Zoë", "zoe", "Year 7", "7B", "Female", "No", "MWBC", "Yes", "No"]);
        assert_eq!(second.national_year(), Some(YearGroup::Year(7)));
        assert!(students.get(2).is_none());
    }

    #[test]
    fn joins_two_lists_of_students_with_long_texts() {
        let codes = Codes::new(Some(Gender::Male), false, 0, true, false);
        let long = "é".repeat(200);
        let file = format!("{long},a,b,c\nshort,a,b,c\n");
        let full = |start: usize| {
            let mut students = Students::new(Ethnicities::shared());
            // The two arenas have different texts.
            students.push([["x", &long, "y", "z"], ["w", &long, "v", "u"]][usize::from(start > 0)], codes);
            let name = if start == 0 { 400 } else { 5 };
            students.push_in_place(start as u32, [name, 1, 1, 1], 0, codes);
            students.push(["x", "y", "y", &long], codes);
            students
        };
        let mut students = full(0);
        students.join(full(405 + 2));
        students.own(file.into_bytes());
        let names: Vec<_> = (0..6).map(|index| students.names(index)).collect();
        let last = ["x", "y"];
        assert_eq!(names, [["x", &long], [&long, "a"], last, ["w", &long], ["short", "a"], last]);
        assert_eq!(students.get(5).unwrap().class_name, long);
        let row_hashes: Vec<u64> = students.row_hashes().collect();
        assert!(row_hashes[2] == row_hashes[5] && row_hashes[0] != row_hashes[3]);
        // A long text has the same hash wherever it is stored.
        let mut file = Students::new(Ethnicities::shared());
        file.push_in_place(0, [400, 1, 1, 1], 0, codes);
        file.own(format!("{long},a,b,c\n").into_bytes());
        assert_eq!(file.row_hashes().next(), Some(row_hashes[1]));
    }

    #[test]
    fn returns_short_texts_that_are_stored_beside_long_texts() {
        let codes = Codes::new(Some(Gender::Male), false, 0, true, false);
        let mut students = Students::new(Ethnicities::shared());
        students.push(["a", "b", "c", "d"], codes);
        students.push(["e", "f", "g", &"h".repeat(256)], codes);
        assert_eq!([students.names(0), students.names(1)], [["a", "b"], ["e", "f"]]);
    }

    #[test]
    fn different_students_have_different_row_hashes() {
        let codes = Codes::new(Some(Gender::Male), false, 0, true, false);
        let long = "x".repeat(256);
        // The same letters in the same order, split into texts in different places.
        let all = [["a,b", "c", "d", "e"], ["a", "b,c", "d", "e"], ["a", "b", "c,d", "e"], [&long, &long, "d", "e"]];
        // In one student the first text is 256 bytes longer, and in the other the second text is 256 bytes longer.
        let [short, with_more, more] = [44, 255, 255].map(|length| "x".repeat(length));
        let [with_more, more] = [format!("{short},{with_more}"), format!("{more},y")];
        let mut students = Students::new(Ethnicities::shared());
        all.iter().for_each(|texts| students.push(*texts, codes));
        students.push(all[0], Codes::new(Some(Gender::Female), false, 0, true, false));
        students.push(all[0], Codes::new(Some(Gender::Male), false, 1, true, false));
        students.push([&with_more, "y", "d", "e"], codes);
        students.push([&short, &more, "d", "e"], codes);
        let row_hashes: std::collections::HashSet<u64> = students.row_hashes().collect();
        assert_eq!(row_hashes.len(), 8);
        // Both texts are equally long, and longer than one byte can say.
        assert_eq!(students.names(3), [&long, &long]);
    }

    #[test]
    fn only_an_equal_student_has_the_same_row_hash() {
        let codes = |gender, ethnicity, send| Codes::new(gender, false, ethnicity, send, false);
        let usual = codes(Some(Gender::Male), 0, true);
        let texts = ["Amelia", "amelia", "Year 7", "7B"];
        let all = [
            (texts, usual),
            (["Amelie", "amelia", "Year 7", "7B"], usual),
            (["Amelia", "amelie", "Year 7", "7B"], usual),
            (["Amelia", "amelia", "Year 8", "7B"], usual),
            (["Amelia", "amelia", "Year 7", "7C"], usual),
            (["Ameli", "aamelia", "Year 7", "7B"], usual),
            (texts, codes(Some(Gender::Female), 0, true)),
            (texts, codes(Some(Gender::Male), 1, true)),
            (texts, codes(Some(Gender::Male), 0, false)),
        ];
        let mut students = Students::new(Ethnicities::shared());
        all.iter().for_each(|(texts, codes)| students.push(*texts, *codes));
        let mut in_file = Students::new(Ethnicities::shared());
        in_file.push_in_place(2, [6, 6, 6, 2], 0, usual);
        assert!(format!("{in_file:?}").contains("<hidden>"));
        in_file.own("x\nAmelia,amelia,Year 7,7B,…".into());
        let row_hashes: Vec<u64> = students.row_hashes().collect();
        for other in 0..all.len() {
            assert_eq!(row_hashes[0] == row_hashes[other], other == 0, "{other}");
            assert_eq!(in_file.row_hashes().next() == Some(row_hashes[other]), other == 0, "{other}");
        }
    }

    #[test]
    fn reads_quoted_texts_without_their_quotation_marks() {
        let codes = Codes::new(Some(Gender::Male), true, 0, true, false);
        let texts = ["Zoë Ng", "zoe", "Year 7", "7B, Room 1"];
        for quoted in 0..16_u8 {
            let cells = [0, 1, 2, 3].map(|text| match quoted >> text & 1 {
                0 => texts[text].to_owned(),
                _ => format!("\"{}\"", texts[text]),
            });
            let mut students = Students::new(Ethnicities::shared());
            students.push_in_place(3, texts.map(|text| text.len() as u16), quoted, codes);
            students.push(texts, codes);
            students.own(format!("\r\n,{},Male", cells.join(",")).into_bytes());
            assert_eq!((students.texts(0), students.names(0)), (texts, [texts[0], texts[1]]), "{quoted}");
            assert!(students.get(0) == students.get(1));
            let row_hashes: Vec<u64> = students.row_hashes().collect();
            assert_eq!(row_hashes[0], row_hashes[1]);
            assert_eq!(students.in_file(0), Some([3, 3 + cells[0].len() as u32 + 1]));
            assert_eq!(students.in_file(1), None);
        }
    }

    #[test]
    fn sets_and_removes_the_ids_of_a_student() {
        let mut students = Students::new(Ethnicities::shared());
        (0..3).for_each(|_| students.push(["a", "b", "c", "d"], Codes::new(Some(Gender::Male), false, 0, true, false)));
        students.set_ids(2, Ids::default());
        assert!(!students.has_ids());
        students.set_ids(1, Ids::new(Some("A1"), None));
        assert!(students.has_ids());
        students.own("Amelia".into());
        assert!(format!("{students:?}").contains("<hidden>") && !format!("{students:?}").contains("Amelia"));
        assert_eq!([0, 1, 2, 3].map(|index| students.ids(index)[0]), [None, Some("A1"), None, None]);
        students.set_ids(1, Ids::default());
        assert_eq!(students.ids(1), [None, None]);
    }
}
