//! Parses one section of a number format, symbol by symbol.

use super::{Operator, Piece, Section};

impl Section {
    /// Reads a section. Returns `None` if it contains an unknown symbol.
    pub(super) fn of(code: &str) -> Option<Self> {
        let mut section = Self::default();
        let chars: Vec<char> = code.chars().collect();
        let (mut at, mut after_point) = (0, false);
        while let Some(rest) = chars.get(at..).filter(|rest| !rest.is_empty()) {
            at += match section.literal(rest)? {
                0 => section.mark(rest, &mut after_point)?,
                length => length,
            };
        }
        section.tell_minutes();
        Some(section)
    }

    /// Reads literal text or brackets, and returns the number of characters. Returns 0 if there is neither.
    fn literal(&mut self, rest: &[char]) -> Option<usize> {
        let until = |end: char| rest.iter().skip(1).take_while(|c| **c != end).collect::<String>();
        Some(match rest.first()? {
            '"' => {
                let text = until('"');
                self.text(&text);
                text.chars().count() + 2
            }
            '\\' | '!' => {
                self.text(&rest.get(1).map(char::to_string).unwrap_or_default());
                2
            }
            '_' => {
                self.text(" ");
                2
            }
            '*' => 2,
            '[' => {
                let inner = until(']');
                self.bracket(&inner)?;
                inner.chars().count() + 2
            }
            _ => 0,
        })
    }

    /// Reads a symbol of a number or a date, and returns its number of characters.
    fn mark(&mut self, rest: &[char], after_point: &mut bool) -> Option<usize> {
        let c = *rest.first()?;
        match c {
            '0' | '#' | '?' if *after_point => {
                self.decimals.0 += usize::from(c == '0');
                self.decimals.1 += 1;
            }
            '0' | '#' | '?' => {
                self.whole += usize::from(c == '0');
                self.tokens.push(Piece::Digit(c));
            }
            '.' if self.is_date => return Some(self.point_of_date(rest)),
            '.' => {
                *after_point = true;
                self.tokens.push(Piece::Decimals);
            }
            ',' if !self.is_date && self.tokens.iter().any(|piece| matches!(piece, Piece::Digit(_))) => {
                let goes_on = rest.iter().skip(1).any(|c| matches!(c, '0' | '#' | '?')) && !*after_point;
                self.is_grouped |= goes_on;
                self.thousands += u32::from(!goes_on);
            }
            '%' => {
                self.percents += 1;
                self.text("%");
            }
            '@' => self.tokens.push(Piece::Whole),
            _ => return self.letter(rest),
        }
        Some(1)
    }

    /// Reads a point inside a date, which may begin a fraction of a second.
    fn point_of_date(&mut self, rest: &[char]) -> usize {
        let zeros = rest.iter().skip(1).take_while(|c| **c == '0').count();
        match zeros {
            0 => self.text("."),
            _ => self.tokens.push(Piece::Fraction(zeros.min(3))),
        }
        zeros + 1
    }

    /// Reads a letter of a date, or another character as literal text.
    fn letter(&mut self, rest: &[char]) -> Option<usize> {
        let c = *rest.first()?;
        match c {
            'g' | 'G' if starts_with(rest, "general") => {
                self.tokens.push(Piece::Whole);
                return Some(7);
            }
            'a' | 'A' if starts_with(rest, "am/pm") => {
                self.date(Piece::HalfOfDay(true));
                return Some(5);
            }
            'a' | 'A' if starts_with(rest, "a/p") => {
                self.date(Piece::HalfOfDay(false));
                return Some(3);
            }
            'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' => {
                let run = rest.iter().take_while(|other| other.eq_ignore_ascii_case(&c)).count();
                self.date(Piece::Date(c.to_ascii_lowercase(), run));
                return Some(run);
            }
            'e' | 'E' | 'b' | 'B' | 'g' | 'G' | 'n' | 'N' => return None,
            // This is a fraction.
            '/' if !self.is_date => return None,
            _ => self.text(&c.to_string()),
        }
        Some(1)
    }

    fn text(&mut self, text: &str) {
        match self.tokens.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.tokens.push(Piece::Text(text.to_owned())),
        }
    }

    fn date(&mut self, piece: Piece) {
        self.is_date = true;
        self.tokens.push(piece);
    }

    /// Reads the content of brackets: a colour, a condition, a currency with its language, or elapsed time.
    fn bracket(&mut self, inner: &str) -> Option<()> {
        let lower = inner.to_ascii_lowercase();
        if let Some(currency) = inner.strip_prefix('$') {
            self.text(currency.split('-').next().unwrap_or_default());
            return Some(());
        }
        if let Some(first) = lower.chars().next().filter(|c| matches!(c, 'h' | 'm' | 's'))
            && lower.chars().all(|c| c == first)
        {
            self.date(Piece::Elapsed(first, lower.len()));
            return Some(());
        }
        for (mark, operator) in [
            ("<=", Operator::LessOrEqual),
            (">=", Operator::MoreOrEqual),
            ("<>", Operator::NotEqual),
            ("<", Operator::Less),
            (">", Operator::More),
            ("=", Operator::Equal),
        ] {
            if let Some(number) = lower.strip_prefix(mark) {
                self.condition = Some((operator, number.trim().parse().ok()?));
                return Some(());
            }
        }
        Some(())
    }

    /// Changes `m` to minutes if it comes after hours or before seconds. Otherwise it means months.
    fn tell_minutes(&mut self) {
        let letter = |piece: &Piece| match piece {
            Piece::Date(c, _) | Piece::Elapsed(c, _) => Some(*c),
            _ => None,
        };
        let letters: Vec<(usize, char)> =
            self.tokens.iter().enumerate().filter_map(|(at, piece)| letter(piece).map(|c| (at, c))).collect();
        for (index, (at, c)) in letters.iter().enumerate() {
            let is_after = index.checked_sub(1).and_then(|i| letters.get(i)).is_some_and(|(_, c)| *c == 'h');
            let is_before = letters.get(index + 1).is_some_and(|(_, c)| *c == 's');
            if *c == 'm'
                && (is_after || is_before)
                && let Some(Piece::Date(c, _)) = self.tokens.get_mut(*at)
            {
                *c = 'i';
            }
        }
    }
}

fn starts_with(chars: &[char], lower: &str) -> bool {
    let mut chars = chars.iter();
    lower.chars().all(|c| chars.next().is_some_and(|other| other.to_ascii_lowercase() == c))
}
