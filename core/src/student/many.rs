//! Many students in the bytes they were read from.

use std::fmt;
use std::hint::black_box;
use std::sync::{Arc, OnceLock};

use twox_hash::{XxHash3_64, XxHash3_128};

use super::{Codes, EAL, Ids, PREMIUM, SEND, Student};
use crate::ethnicity::Ethnicities;
use crate::keys::Keys;
use crate::text::Private;

/// Beside what a student's codes say, whether the texts are in an arena, and whether they are long.
const IN_ARENA: u8 = 1 << 5;
const LONG: u8 = 1 << 6;
/// The bits that say where a student's texts are, and nothing of the student.
const WHERE: u8 = IN_ARENA | LONG;

/// A student in 12 bytes: the four texts stand one after another with one byte between, in the
/// file as it was read or, where that is not so, in the arena. Memory is what reading waits for.
#[derive(Debug, Clone, Copy)]
struct Record {
    start: u32,
    lengths: [u8; 4],
    ethnicity: u16,
    bits: u8,
}

/// Where the texts of a student are of whom one is longer than 255 bytes; the record's `start` is the place of this.
#[derive(Debug, Clone, Copy)]
struct Long {
    start: u32,
    lengths: [u16; 4],
}

/// Many students, in the bytes they were read from.
#[derive(Debug, Clone)]
pub(crate) struct Students {
    file: Arc<Hidden<Vec<u8>>>,
    first: Stretch,
    /// Those that other threads read: where they are they stay, since new memory takes longer than to look there.
    more: Vec<Stretch>,
    /// As far as the last student who has any: a CSV has none.
    ids: Vec<Ids>,
    ethnicities: Arc<Ethnicities>,
    /// The usernames by hash: from the reader, or made when they are first asked for.
    usernames: OnceLock<Keys>,
}

/// Students one after another.
#[derive(Debug, Clone, Default)]
struct Stretch {
    records: Vec<Record>,
    arena: Hidden<String>,
    long: Vec<Long>,
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
            first: Stretch::default(),
            more: Vec::new(),
            ids: Vec::new(),
            ethnicities,
            usernames: OnceLock::new(),
        }
    }

    /// Takes the text that [`push_in_place`](Self::push_in_place) gave places of, in UTF-8. It is not known to be as a
    /// `String` is: to see that again takes as long as a tenth of reading it, and of one student next to nothing.
    pub(crate) fn own(&mut self, file: Vec<u8>) {
        self.file = Arc::new(Hidden(file));
    }

    /// The text of the file.
    pub(crate) fn file(&self) -> &[u8] {
        &self.file.0
    }

    pub(crate) fn reserve(&mut self, more: usize) {
        self.last().records.reserve(more);
    }

    pub(crate) fn len(&self) -> usize {
        self.more.iter().fold(self.first.records.len(), |len, stretch| len + stretch.records.len())
    }

    #[inline(always)]
    fn last(&mut self) -> &mut Stretch {
        self.more.last_mut().unwrap_or(&mut self.first)
    }

    /// The stretch that a student is in, and the place there.
    #[inline]
    fn stretch(&self, mut index: usize) -> (&Stretch, usize) {
        let mut stretch = &self.first;
        for next in &self.more {
            if index < stretch.records.len() {
                break;
            }
            index -= stretch.records.len();
            stretch = next;
        }
        (stretch, index)
    }

    /// A student's record, with the text that it is of.
    #[inline]
    fn found(&self, index: usize) -> Option<Text<'_>> {
        let (stretch, index) = self.stretch(index);
        stretch.records.get(index).map(|record| self.text(stretch, record))
    }

    /// A student whose four texts stand in the file from `start` on, each one byte after the other.
    #[inline]
    pub(crate) fn push_in_place(&mut self, start: u32, lengths: [u16; 4], codes: Codes) {
        let last = self.last();
        let record = last.placed(Long { start, lengths }, codes, 0);
        last.records.push(record);
    }

    /// A student whose texts are copied; a text of over 65,535 bytes is cut, but no check lets one pass.
    pub(crate) fn push(&mut self, texts: [&str; 4], codes: Codes) {
        let last = self.last();
        let record = last.record(texts, codes);
        last.records.push(record);
        self.usernames.take();
    }

    /// A copy of a student of another roster, whose ethnicity must be among these; and its place.
    pub(crate) fn push_copy(&mut self, student: &Student<'_>, ids: [Option<&str>; 2]) -> usize {
        self.push(student.texts(), student.codes(&self.ethnicities));
        let place = self.len() - 1;
        self.set_ids(place, Ids::new(ids[0], ids[1]));
        place
    }

    /// Adds students of the same file, who have no ids.
    pub(crate) fn join(&mut self, later: Self) {
        self.more.push(later.first);
        self.more.extend(later.more);
    }

    /// Puts another student in a place.
    pub(crate) fn set(&mut self, index: usize, texts: [&str; 4], codes: Codes) {
        let mut index = index;
        let stretches = std::iter::once(&mut self.first).chain(&mut self.more);
        for stretch in stretches {
            if index < stretch.records.len() {
                stretch.records[index] = stretch.record(texts, codes);
                break;
            }
            index -= stretch.records.len();
        }
        self.usernames.take();
    }

    /// Takes the usernames by hash, of all students in their order.
    pub(crate) fn set_usernames(&mut self, keys: Keys) {
        self.usernames = OnceLock::from(keys);
    }

    /// The usernames by hash.
    pub(crate) fn usernames(&self) -> &Keys {
        self.usernames.get_or_init(|| Keys::of((0..self.len()).map(|index| self.names(index)[1])))
    }

    /// The full name and the username.
    #[inline]
    pub(crate) fn names(&self, index: usize) -> [&str; 2] {
        let Some(found) = self.found(index) else { return [""; 2] };
        let Long { start, lengths: [name, username, ..] } = found.place();
        cut(found.text, start, [name, username])
    }

    /// Has the texts of these students in the cache soon: memory is asked for all of them at once, which takes less
    /// than one after another.
    pub(crate) fn fetch(&self, students: impl Iterator<Item = usize>) {
        const MOST: usize = 256;
        let mut lines = [&[][..]; MOST];
        let there = students.filter_map(|index| self.found(index));
        lines.iter_mut().zip(there).for_each(|(place, text)| *place = text.line());
        let ends = lines.iter().map(|line| line.first().unwrap_or(&0) ^ line.last().unwrap_or(&0));
        black_box(ends.fold(0, |all, ends| all ^ ends));
    }

    /// What makes a number of everything of a student but the ids: equal for students who are the same to the letter, in any
    /// roster. Others have it by chance once in 10^38. Nobody can be told from it.
    pub(crate) fn printer(&self) -> impl Fn(usize) -> u128 {
        let ethnicities = self.ethnicities.words();
        move |index| {
            let Some(text) = self.found(index) else { return 0 };
            let record = text.record;
            // Where the line is cut is not in it, and neither are the codes; the class goes on to its end.
            let lengths = u32::from_le_bytes(record.lengths) & 0xFF_FFFF | u32::from(record.bits & !WHERE) << 24;
            let ethnicity = ethnicities.get(usize::from(record.ethnicity)).copied().unwrap_or_default();
            let mut seed = u64::from(lengths) | u64::from(ethnicity) << 32;
            if record.bits & LONG != 0 {
                let lengths = text.place().lengths.iter().fold(0, |all, length| all << 16 | u64::from(*length));
                seed = XxHash3_64::oneshot_with_seed(seed, &lengths.to_le_bytes());
            }
            XxHash3_128::oneshot_with_seed(seed, text.line())
        }
    }

    /// The print of each student.
    pub(crate) fn prints(&self) -> impl Iterator<Item = u128> {
        (0..self.len()).map(self.printer())
    }

    /// A number of a student's print and ids.
    pub(crate) fn print_with_ids(&self, index: usize, print: u128) -> u128 {
        if self.ids.get(index).is_none_or(|ids| *ids == Ids::default()) {
            return print;
        }
        let mut all = print.to_le_bytes().to_vec();
        for id in self.ids(index) {
            all.push(u8::from(id.is_some()));
            all.extend(id.unwrap_or_default().as_bytes());
            all.push(0);
        }
        XxHash3_128::oneshot(&all)
    }

    #[inline(always)]
    fn text<'s>(&'s self, stretch: &'s Stretch, record: &'s Record) -> Text<'s> {
        let text = if record.bits & IN_ARENA != 0 { stretch.arena.0.as_bytes() } else { &self.file.0 };
        Text { record, text, long: &stretch.long }
    }

    /// Where a student's texts start in the file, if they are there.
    pub(crate) fn start_in_file(&self, index: usize) -> Option<u32> {
        self.found(index).filter(|text| text.record.bits & IN_ARENA == 0).map(|text| text.place().start)
    }

    /// The source id and the UPN of a student.
    pub(crate) fn ids(&self, index: usize) -> [Option<&str>; 2] {
        let ids = self.ids.get(index);
        [ids.and_then(|i| i.source_id.as_ref()), ids.and_then(|i| i.upn.as_ref())].map(|id| id.map(Private::expose))
    }

    /// Whether any student has an id.
    pub(crate) fn has_ids(&self) -> bool {
        !self.ids.is_empty()
    }

    pub(crate) fn set_ids(&mut self, index: usize, ids: Ids) {
        if ids == Ids::default() && index >= self.ids.len() {
            return;
        }
        if index >= self.ids.len() {
            self.ids.resize(index + 1, Ids::default());
        }
        if let Some(place) = self.ids.get_mut(index) {
            *place = ids;
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<Student<'_>> {
        self.found(index).map(|text| self.student(&text))
    }

    /// A student who is there.
    pub(crate) fn at(&self, index: usize) -> Student<'_> {
        let (stretch, index) = self.stretch(index);
        self.student(&self.text(stretch, &stretch.records[index]))
    }

    fn student<'s>(&'s self, found: &Text<'s>) -> Student<'s> {
        let (record, Long { start, lengths }) = (found.record, found.place());
        let [full_name, username, year_group, class_name] = cut(found.text, start, lengths);
        let codes = Codes { ethnicity: record.ethnicity, bits: record.bits };
        Student {
            full_name,
            username,
            year_group,
            class_name,
            gender: codes.gender(),
            pupil_premium: codes.bits & PREMIUM != 0,
            ethnicity: self.ethnicities.at(codes.ethnicity),
            send: codes.bits & SEND != 0,
            eal: codes.bits & EAL != 0,
        }
    }

    pub(crate) fn ethnicities(&self) -> &Arc<Ethnicities> {
        &self.ethnicities
    }

    /// Knows these codes too from now on.
    pub(crate) fn add_ethnicities(&mut self, others: &Arc<Ethnicities>) {
        self.ethnicities = Ethnicities::joined(&self.ethnicities, others);
    }
}

/// A record with the text that it is of.
#[derive(Clone, Copy)]
struct Text<'s> {
    record: &'s Record,
    text: &'s [u8],
    long: &'s [Long],
}

impl<'s> Text<'s> {
    /// Where the texts of the record start, and how long they are.
    #[inline(always)]
    fn place(&self) -> Long {
        let short = Long { start: self.record.start, lengths: self.record.lengths.map(u16::from) };
        match self.record.bits & LONG {
            0 => short,
            _ => self.long.get(self.record.start as usize).copied().unwrap_or(short),
        }
    }

    /// The four texts with what stands between them, which is a comma.
    #[inline(always)]
    fn line(&self) -> &'s [u8] {
        let all = |lengths: [usize; 4]| lengths.iter().sum::<usize>() + 3;
        let (start, length) = match self.record.bits & LONG {
            0 => (self.record.start, all(self.record.lengths.map(usize::from))),
            _ => (self.place().start, all(self.place().lengths.map(usize::from))),
        };
        self.text.get(start as usize..).and_then(|text| text.get(..length)).unwrap_or_default()
    }
}

impl Stretch {
    fn record(&mut self, texts: [&str; 4], codes: Codes) -> Record {
        let arena = &mut self.arena.0;
        let start = arena.len() as u32;
        let lengths = texts.map(|text| {
            let length = u16::try_from(text.len()).unwrap_or(0);
            arena.push_str(text.get(..usize::from(length)).unwrap_or_default());
            arena.push(',');
            length
        });
        self.placed(Long { start, lengths }, codes, IN_ARENA)
    }

    /// The record of a student whose texts are there.
    #[inline(always)]
    fn placed(&mut self, texts: Long, codes: Codes, bits: u8) -> Record {
        let Long { mut start, lengths } = texts;
        let mut bits = codes.bits | bits;
        // Most often none is, so all are asked at once.
        if lengths.iter().fold(0, |all, length| all | length) > u16::from(u8::MAX) {
            self.long.push(texts);
            start = self.long.len() as u32 - 1;
            bits |= LONG;
        }
        Record { start, lengths: lengths.map(|length| length as u8), ethnicity: codes.ethnicity, bits }
    }
}

/// Texts one after another, with a byte between.
#[inline]
fn cut<const N: usize>(text: &[u8], start: u32, lengths: [u16; N]) -> [&str; N] {
    let start = start as usize;
    let end = lengths.iter().fold(start + N - 1, |end, length| end + usize::from(*length));
    let text = text.get(start..end).and_then(|texts| str::from_utf8(texts).ok()).unwrap_or_default();
    let mut from = 0;
    lengths.map(|length| {
        let to = from + usize::from(length);
        let cell = text.get(from..to).unwrap_or_default();
        from = to + 1;
        cell
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gender::Gender;
    use crate::year_group::YearGroup;

    #[test]
    fn a_record_is_twelve_bytes() {
        assert_eq!(size_of::<Record>(), 12);
    }

    #[test]
    fn what_is_put_in_comes_out() {
        let set = Ethnicities::shared();
        let index = set.index(b"MWBC").unwrap();
        let mut students = Students::new(set);
        students.push_in_place(2, [4, 3, 1, 2], Codes::new(Gender::NonBinary, true, index, false, true));
        students.push(["Zoë", "zoe", "Year 7", "7B"], Codes::new(Gender::Female, false, index, true, false));
        students.own("x,Name,use,7,7B,…".into());
        let first = students.get(0).unwrap();
        assert_eq!(first.cells(), ["Name", "use", "7", "7B", "Non-Binary", "Yes", "MWBC", "No", "Yes"]);
        let second = students.get(1).unwrap();
        assert_eq!(second.cells(), ["Zoë", "zoe", "Year 7", "7B", "Female", "No", "MWBC", "Yes", "No"]);
        assert_eq!(second.national_year(), Some(YearGroup::Year(7)));
        assert!(students.get(2).is_none());
    }

    #[test]
    fn long_texts_come_out_too_and_are_joined() {
        let codes = Codes::new(Gender::Male, false, 0, true, false);
        let long = "é".repeat(200);
        let file = format!("{long},a,b,c\nshort,a,b,c\n");
        let full = |start: usize| {
            let mut students = Students::new(Ethnicities::shared());
            // Each arena has texts of its own.
            students.push([["x", &long, "y", "z"], ["w", &long, "v", "u"]][usize::from(start > 0)], codes);
            let name = if start == 0 { 400 } else { 5 };
            students.push_in_place(start as u32, [name, 1, 1, 1], codes);
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
        let prints: Vec<u128> = students.prints().collect();
        assert!(prints[2] == prints[5] && prints[0] != prints[3]);
        // However long, and wherever the text is.
        let mut file = Students::new(Ethnicities::shared());
        file.push_in_place(0, [400, 1, 1, 1], codes);
        file.own(format!("{long},a,b,c\n").into_bytes());
        assert_eq!(file.prints().next(), Some(prints[1]));
    }

    #[test]
    fn a_short_text_is_where_it_is_whatever_long_ones_there_are() {
        let codes = Codes::new(Gender::Male, false, 0, true, false);
        let mut students = Students::new(Ethnicities::shared());
        students.push(["a", "b", "c", "d"], codes);
        students.push(["e", "f", "g", &"h".repeat(256)], codes);
        assert_eq!([students.names(0), students.names(1)], [["a", "b"], ["e", "f"]]);
    }

    #[test]
    fn no_two_students_have_one_print() {
        let codes = Codes::new(Gender::Male, false, 0, true, false);
        let long = "x".repeat(256);
        // The same letters in a row, cut otherwise.
        let all = [["a,b", "c", "d", "e"], ["a", "b,c", "d", "e"], ["a", "b", "c,d", "e"], [&long, &long, "d", "e"]];
        // By 256 more and 256 fewer.
        let [short, with_more, more] = [44, 255, 255].map(|length| "x".repeat(length));
        let [with_more, more] = [format!("{short},{with_more}"), format!("{more},y")];
        let mut students = Students::new(Ethnicities::shared());
        all.iter().for_each(|texts| students.push(*texts, codes));
        students.push(all[0], Codes::new(Gender::Female, false, 0, true, false));
        students.push(all[0], Codes::new(Gender::Male, false, 1, true, false));
        students.push([&with_more, "y", "d", "e"], codes);
        students.push([&short, &more, "d", "e"], codes);
        let prints: std::collections::HashSet<u128> = students.prints().collect();
        assert_eq!(prints.len(), 8);
        // Two texts as long as each other, and longer than a byte says.
        assert_eq!(students.names(3), [&long, &long]);
    }

    #[test]
    fn a_copy_is_the_same_in_everything() {
        let codes = |gender, ethnicity, send| Codes::new(gender, false, ethnicity, send, false);
        let usual = codes(Gender::Male, 0, true);
        let texts = ["Amelia", "amelia", "Year 7", "7B"];
        let all = [
            (texts, usual),
            (["Amelie", "amelia", "Year 7", "7B"], usual),
            (["Amelia", "amelie", "Year 7", "7B"], usual),
            (["Amelia", "amelia", "Year 8", "7B"], usual),
            (["Amelia", "amelia", "Year 7", "7C"], usual),
            (["Ameli", "aamelia", "Year 7", "7B"], usual),
            (texts, codes(Gender::Female, 0, true)),
            (texts, codes(Gender::Male, 1, true)),
            (texts, codes(Gender::Male, 0, false)),
        ];
        let mut students = Students::new(Ethnicities::shared());
        all.iter().for_each(|(texts, codes)| students.push(*texts, *codes));
        let mut in_file = Students::new(Ethnicities::shared());
        in_file.push_in_place(2, [6, 6, 6, 2], usual);
        assert!(format!("{in_file:?}").contains("<hidden>"));
        in_file.own("x\nAmelia,amelia,Year 7,7B,…".into());
        let prints: Vec<u128> = students.prints().collect();
        for other in 0..all.len() {
            assert_eq!(prints[0] == prints[other], other == 0, "{other}");
            assert_eq!(in_file.prints().next() == Some(prints[other]), other == 0, "{other}");
        }
    }

    #[test]
    fn ids_are_set_and_taken_away() {
        let mut students = Students::new(Ethnicities::shared());
        (0..3).for_each(|_| students.push(["a", "b", "c", "d"], Codes::new(Gender::Male, false, 0, true, false)));
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
