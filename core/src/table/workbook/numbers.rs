//! Shows numbers and dates as Excel shows them, according to their formats. So zero-padded ids keep their zeros, and
//! dates stay dates. Has the list of Excel's built-in formats.
//!
//! If a format has something that we do not support, the number is shown in full. Examples are fractions, powers of ten
//! and unknown marks.

mod section;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Timelike};

/// The format in which a number is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Format {
    /// The number in full.
    General,
    /// At least this number of digits before the decimal point, and no other symbol: `0`, `00000`.
    Padded(usize),
    /// Sections for positive numbers, negative numbers and zero.
    Sections(Vec<Section>),
}

/// One section of a format.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Section {
    /// The condition for the numbers to which the section applies, if there is one.
    condition: Option<(Operator, f64)>,
    tokens: Vec<Piece>,
    is_date: bool,
    /// The smallest number of digits before the point.
    whole: usize,
    /// The smallest and the largest number of digits after the point.
    decimals: (usize, usize),
    is_grouped: bool,
    /// The number of times that a value is divided by a thousand, and the number of times that it is multiplied by a
    /// hundred.
    thousands: u32,
    percents: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    Equal,
    NotEqual,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    /// A placeholder for a digit before the point: `0`, `#` or `?`.
    Digit(char),
    /// The point and the digits after it.
    Decimals,
    /// The number in full, for `@` and `General`.
    Whole,
    /// A letter of a date and the number of times that it is repeated: `yyyy`.
    Date(char, usize),
    /// The total of hours, minutes or seconds: `[h]`.
    Elapsed(char, usize),
    /// `AM/PM` if true, `A/P` if false.
    HalfOfDay(bool),
    /// The fraction of a second, with this number of digits.
    Fraction(usize),
}

/// The length of the longest supported format. For a longer format, the number is shown in full.
const LONGEST_FORMAT: usize = 255;

impl Format {
    /// Returns the built-in format with this number, as Excel uses it in British English. Workbooks use built-in
    /// formats without defining them.
    pub(super) fn built_in(id: u32) -> Self {
        Self::of(match id {
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            9 => "0%",
            10 => "0.00%",
            14 => "dd/mm/yyyy",
            15 => "dd-mmm-yy",
            16 => "dd-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 => "hh:mm",
            21 => "hh:mm:ss",
            22 => "dd/mm/yyyy hh:mm",
            37 | 38 => "#,##0;-#,##0",
            39 | 40 => "#,##0.00;-#,##0.00",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mm:ss.0",
            _ => return Self::General,
        })
    }

    /// Reads a format from its code in the workbook.
    pub(super) fn of(code: &str) -> Self {
        if code.is_empty() || code == "@" || code.eq_ignore_ascii_case("general") || code.len() > LONGEST_FORMAT {
            return Self::General;
        }
        if code.bytes().all(|byte| byte == b'0') {
            return Self::Padded(code.len());
        }
        let mut sections: Vec<Section> = Vec::new();
        for section in sections_of(code).into_iter().take(4) {
            match Section::of(&section) {
                Some(section) => sections.push(section),
                None => return Self::General,
            }
        }
        Self::Sections(sections)
    }

    /// Adds a number to `out` as it is shown.
    pub(super) fn show(&self, number: f64, is_1904: bool, out: &mut String) {
        match self {
            _ if !number.is_finite() => {}
            Self::General => in_full(number, out),
            Self::Padded(digits) if number.abs() < 1e15 => {
                let rounded = number.round();
                if rounded < 0.0 {
                    out.push('-');
                }
                out.push_str(&format!("{:0digits$}", rounded.abs() as u64));
            }
            Self::Padded(_) => in_full(number, out),
            Self::Sections(sections) => {
                let Some((section, is_signed)) = chosen(sections, number) else { return in_full(number, out) };
                let before = out.len();
                let shown = if section.is_date {
                    section.show_date(number, is_1904, out)
                } else {
                    section.show_number(number, is_signed, out)
                };
                if shown.is_none() {
                    out.truncate(before);
                    in_full(number, out);
                }
            }
        }
    }
}

/// Splits a format into its sections, at semicolons that are not quoted.
fn sections_of(code: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in code.chars() {
        let is_end = c == ';' && !quoted && !escaped;
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped && !quoted;
        match sections.last_mut() {
            Some(last) if !is_end => last.push(c),
            _ => sections.push(String::new()),
        }
    }
    sections
}

/// Returns the section for a number, and whether the number is shown with its sign.
fn chosen(sections: &[Section], number: f64) -> Option<(&Section, bool)> {
    if sections.iter().any(|section| section.condition.is_some()) {
        let holds = |section: &&Section| match section.condition {
            None => true,
            Some((Operator::Less, than)) => number < than,
            Some((Operator::LessOrEqual, than)) => number <= than,
            Some((Operator::More, than)) => number > than,
            Some((Operator::MoreOrEqual, than)) => number >= than,
            Some((Operator::Equal, than)) => number == than,
            Some((Operator::NotEqual, than)) => number != than,
        };
        return sections.iter().find(holds).map(|section| (section, true));
    }
    match sections {
        [all] => Some((all, true)),
        [_, negative, ..] if number < 0.0 => Some((negative, false)),
        [_, _, zero, ..] if number == 0.0 => Some((zero, true)),
        [others, ..] => Some((others, true)),
        [] => None,
    }
}

impl Section {
    fn show_number(&self, number: f64, is_signed: bool, out: &mut String) -> Option<()> {
        let scaled = number.abs() * 100_f64.powi(self.percents as i32) / 1000_f64.powi(self.thousands as i32);
        if scaled >= 1e15 {
            return None;
        }
        let (least, most) = self.decimals;
        let most = most.min(15);
        let digits = rounded(scaled, most);
        let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
        let kept = decimals.trim_end_matches('0').len().max(least.min(most));
        let decimals = decimals.get(..kept).unwrap_or(decimals);
        let whole = if whole == "0" { "" } else { whole };
        let is_zero = whole.is_empty() && decimals.bytes().all(|byte| byte == b'0');
        if is_signed && number < 0.0 && !is_zero {
            out.push('-');
        }
        let digits_shown = self.tokens.iter().filter(|piece| matches!(piece, Piece::Digit(_))).count();
        let whole: Vec<char> = whole.chars().collect();
        // Digits for which there is no placeholder come before the first placeholder.
        let beyond = whole.len().saturating_sub(digits_shown);
        let mut placeholder = 0;
        for piece in &self.tokens {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Digit(mark) => {
                    let from_right = digits_shown - placeholder;
                    if placeholder == 0 {
                        for (index, digit) in whole.iter().take(beyond).enumerate() {
                            self.digit(*digit, whole.len() - index, out);
                        }
                    }
                    match whole.len().checked_sub(from_right).and_then(|index| whole.get(index)) {
                        Some(digit) => self.digit(*digit, from_right, out),
                        None if *mark == '0' => self.digit('0', from_right, out),
                        None => {}
                    }
                    placeholder += 1;
                }
                Piece::Decimals if decimals.is_empty() && most > 0 && least == 0 => out.push('.'),
                Piece::Decimals => {
                    out.push('.');
                    out.push_str(decimals);
                }
                Piece::Whole => in_full(number.abs(), out),
                _ => return None,
            }
        }
        Some(())
    }

    fn digit(&self, digit: char, from_right: usize, out: &mut String) {
        out.push(digit);
        if self.is_grouped && from_right > 1 && (from_right - 1).is_multiple_of(3) {
            out.push(',');
        }
    }

    fn show_date(&self, number: f64, is_1904: bool, out: &mut String) -> Option<()> {
        use std::fmt::Write as _;
        let has_fraction = self.tokens.iter().any(|piece| matches!(piece, Piece::Fraction(_)));
        let at = moment(number, is_1904, has_fraction)?;
        let in_halves = self.tokens.iter().any(|piece| matches!(piece, Piece::HalfOfDay(_)));
        let hour = match (in_halves, at.hour() % 12) {
            (false, _) => at.hour(),
            (true, 0) => 12,
            (true, hour) => hour,
        };
        let seconds = (number * 86_400.0).round();
        for piece in &self.tokens {
            let written = match piece {
                Piece::Text(text) => write!(out, "{text}"),
                Piece::Date('y', 1 | 2) => write!(out, "{:02}", at.year() % 100),
                Piece::Date('y', _) => write!(out, "{:04}", at.year()),
                Piece::Date('m', 3) => write!(out, "{}", at.format("%b")),
                Piece::Date('m', 4) => write!(out, "{}", at.format("%B")),
                Piece::Date('m', 5) => write!(out, "{:.1}", at.format("%b").to_string()),
                Piece::Date('d', 3) => write!(out, "{}", at.format("%a")),
                Piece::Date('d', 4..) => write!(out, "{}", at.format("%A")),
                Piece::Date('m', width) => write!(out, "{:0width$}", at.month(), width = (*width).min(2)),
                Piece::Date('d', width) => write!(out, "{:0width$}", at.day()),
                Piece::Date('h', width) => write!(out, "{hour:0width$}", width = (*width).min(2)),
                Piece::Date('i', width) => write!(out, "{:0width$}", at.minute(), width = (*width).min(2)),
                Piece::Date('s', width) => write!(out, "{:0width$}", at.second(), width = (*width).min(2)),
                Piece::Elapsed(unit, width) => {
                    let each = match unit {
                        'h' => 3600.0,
                        'm' => 60.0,
                        _ => 1.0,
                    };
                    write!(out, "{:0width$}", (seconds / each).trunc() as u64, width = (*width).min(9))
                }
                Piece::HalfOfDay(is_long) => {
                    let half = if at.hour() < 12 { "AM" } else { "PM" };
                    write!(out, "{}", if *is_long { half } else { half.get(..1).unwrap_or(half) })
                }
                Piece::Fraction(digits) => {
                    let thousandths = at.and_utc().timestamp_subsec_millis();
                    write!(out, ".{:0digits$}", thousandths / 10_u32.pow(3 - *digits as u32))
                }
                Piece::Digit(_) | Piece::Decimals | Piece::Whole | Piece::Date(..) => return None,
            };
            written.ok()?;
        }
        Some(())
    }
}

/// Rounds to a number of decimals, and rounds halves away from zero. As in Excel, only 15 digits of the number are
/// used.
fn rounded(number: f64, decimals: usize) -> String {
    let mut exact = String::new();
    in_full(number, &mut exact);
    let has_more = exact.split_once('.').is_some_and(|(_, digits)| digits.len() > decimals) && !exact.contains('E');
    if !has_more {
        return format!("{number:.decimals$}");
    }
    // If the next digit is a five, a tiny addition makes sure that it is rounded up.
    let power = 10_f64.powi(decimals as i32);
    let scaled = number * power;
    let nudged = scaled + scaled.abs() * 1e-15;
    format!("{:.decimals$}", nudged.round() / power)
}

/// Adds a number in full, with at most 15 digits. Whole numbers have no point.
pub(super) fn in_full(number: f64, out: &mut String) {
    use std::fmt::Write as _;
    if number == 0.0 || !number.is_finite() {
        out.push('0');
        return;
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        let _ = write!(out, "{}", number as i64);
        return;
    }
    let digits = format!("{:.14e}", number.abs());
    let (digits, power) = digits.split_once('e').unwrap_or((&digits, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let digits: String = digits.chars().filter(|c| *c != '.').collect();
    let digits = digits.trim_end_matches('0');
    if number < 0.0 {
        out.push('-');
    }
    match power {
        -9..0 => {
            let zeros = "0".repeat((-power - 1) as usize);
            let _ = write!(out, "0.{zeros}{digits}");
        }
        0..=20 => {
            let point = power as usize + 1;
            match digits.split_at_checked(point) {
                Some((whole, decimals)) if !decimals.is_empty() => {
                    let _ = write!(out, "{whole}.{decimals}");
                }
                _ => {
                    let _ = write!(out, "{digits:0<point$}");
                }
            }
        }
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
            let point = if rest.is_empty() { "" } else { "." };
            let _ = write!(out, "{first}{point}{rest}E{power:+03}");
        }
    }
}

/// Returns the date and time that a number means.
fn moment(number: f64, is_1904: bool, has_fraction: bool) -> Option<NaiveDateTime> {
    if !(0.0..2_958_466.0).contains(&number) {
        return None;
    }
    let unit = if has_fraction { 1 } else { 1000 };
    let thousandths = (number * 86_400_000.0 / f64::from(unit)).round() as u64 * unit as u64;
    let (days, thousandths) = (thousandths / 86_400_000, thousandths % 86_400_000);
    // Excel has two epochs. The one of 1900 counts a 29 February 1900, which did not exist.
    let epoch = match (is_1904, days) {
        (true, _) => NaiveDate::from_ymd_opt(1904, 1, 1),
        (false, 0..60) => NaiveDate::from_ymd_opt(1899, 12, 31),
        (false, _) => NaiveDate::from_ymd_opt(1899, 12, 30),
    };
    let seconds = (thousandths / 1000) as u32;
    let nanos = (thousandths % 1000) as u32 * 1_000_000;
    epoch?
        .checked_add_days(Days::new(days))?
        .and_time(chrono::NaiveTime::MIN)
        .date()
        .and_time(chrono::NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos)?)
        .into()
}

/// Returns the number for a date in ISO 8601: `2026-02-07` or `2026-02-07T09:30:00`.
pub(super) fn of_iso(text: &str, is_1904: bool) -> Option<f64> {
    let text = text.trim_end_matches('Z');
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let epoch = if is_1904 { NaiveDate::from_ymd_opt(1904, 1, 1)? } else { NaiveDate::from_ymd_opt(1899, 12, 30)? };
    let days = (date - epoch).num_days();
    let days = if !is_1904 && days < 61 { days - 1 } else { days };
    let time = chrono::NaiveTime::parse_from_str(time, "%H:%M:%S%.f").ok();
    let seconds = time.map_or(0.0, |time| f64::from(time.num_seconds_from_midnight()));
    Some(days as f64 + seconds / 86_400.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, number: f64) -> String {
        let mut out = String::new();
        Format::of(code).show(number, false, &mut out);
        out
    }

    #[test]
    fn shows_numbers_as_excel_does() {
        for (code, number, expected) in [
            ("General", 412.0, "412"),
            ("General", 7.5, "7.5"),
            ("General", 0.1 + 0.2, "0.3"),
            ("General", 123_456_789_012.0, "123456789012"),
            ("General", -0.0, "0"),
            ("General", 1.5e20, "150000000000000000000"),
            ("General", 1.25e22, "1.25E+22"),
            ("General", 0.000_012, "0.000012"),
            ("00000", 412.0, "00412"),
            ("00000", -412.0, "-00412"),
            ("0", 7.0, "7"),
            ("0.00", 7.125, "7.13"),
            ("0.00", 1.005, "1.01"),
            ("0.0#", 7.0, "7.0"),
            ("#,##0", 1_234_567.0, "1,234,567"),
            ("#,##0.00", 0.5, "0.50"),
            ("#", 0.0, ""),
            ("00-00-00", 123_456.0, "12-34-56"),
            ("0000 000", 123.0, "0000 123"),
            ("\"ID\"000", 7.0, "ID007"),
            ("0\\A", 7.0, "7A"),
            ("0%", 0.25, "25%"),
            ("0,", 12_345.0, "12"),
            ("0;(0);\"nil\"", -3.0, "(3)"),
            ("0;(0);\"nil\"", 0.0, "nil"),
            ("[Red]0.0", 1.0, "1.0"),
            ("[<10]\"few\";\"many\"", 3.0, "few"),
            ("[<10]\"few\";\"many\"", 30.0, "many"),
            ("[$£-809]#,##0.00", 5.0, "£5.00"),
            ("# ?/?", 0.5, "0.5"),
            ("0.00E+00", 1234.0, "1234"),
            ("@", 12.0, "12"),
        ] {
            assert_eq!(shown(code, number), expected, "{code} {number}");
        }
    }

    #[test]
    fn shows_dates_as_excel_does() {
        // 7 February 2026, 09:05:03 in the morning.
        let moment = 46_060.0 + (9.0 * 3600.0 + 5.0 * 60.0 + 3.0) / 86_400.0;
        for (code, expected) in [
            ("dd-mmm", "07-Feb"),
            ("d-mmm", "7-Feb"),
            ("dd/mm/yyyy", "07/02/2026"),
            ("yyyy-mm-dd hh:mm:ss", "2026-02-07 09:05:03"),
            ("[$-809]dddd, d mmmm yy;@", "Saturday, 7 February 26"),
            ("h:mm AM/PM", "9:05 AM"),
            ("mm:ss", "05:03"),
            ("mmm-yy", "Feb-26"),
        ] {
            assert_eq!(shown(code, moment), expected, "{code}");
        }
        assert_eq!(shown("[h]:mm", 1.5), "36:00");
        assert_eq!(shown("dd/mm/yyyy", 1.0), "01/01/1900");
        assert_eq!(shown("dd/mm/yyyy", 61.0), "01/03/1900");
        assert_eq!(shown("dd/mm/yyyy", -1.0), "-1");
        let mut out = String::new();
        Format::of("dd/mm/yyyy").show(46_060.0 - 1462.0, true, &mut out);
        assert_eq!(out, "07/02/2026");
        assert_eq!(of_iso("2026-02-07T12:00:00", false), Some(46_060.5));
        assert_eq!(of_iso("2026-02-07", true), Some(46_060.0 - 1462.0));
        assert_eq!(Format::built_in(14), Format::of("dd/mm/yyyy"));
    }
}
