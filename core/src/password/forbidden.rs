//! Finds refused passwords with an automaton: refused words, three equal characters, and, in a PIN, refused numbers,
//! sequences and dates. It takes one step for each drawn character, and also counts exactly how many strings of a
//! length are allowed. `alphabet.rs` has the refused words.

use super::alphabet::{CHARACTERS, DIGITS, OFFENSIVE, read_as};

/// An automaton that refuses a string if the string contains a refused part.
#[derive(Debug)]
pub(super) struct ForbiddenMatcher {
    alphabet: &'static [u8],
    /// The symbol of each random byte, if it has one. Each symbol has the same number of bytes.
    symbol_for_byte: [Option<Symbol>; 256],
    /// The next state for each state and symbol, or `REFUSED`.
    next: Vec<u16>,
    /// The state before the first symbol.
    start: u16,
    /// Whether a string must contain a letter and a digit.
    both_kinds: bool,
}

/// The number of days in each month of a leap year.
const DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const REFUSED: u16 = u16::MAX;

/// A character of an alphabet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Symbol {
    index: u8,
    pub(super) character: u8,
    kind: u8,
}

const LETTER: u8 = 1;
const DIGIT: u8 = 2;

impl ForbiddenMatcher {
    pub(super) fn characters(words: &[&str]) -> Self {
        let mut builder = Builder::new(CHARACTERS);
        for word in OFFENSIVE.iter().chain(words) {
            builder.refuse_word(&word.to_ascii_uppercase());
        }
        for symbol in CHARACTERS {
            builder.refuse(&[*symbol; 3]);
        }
        builder.build(None, true)
    }

    /// Returns whether the alphabet is the ten digits.
    pub(super) fn is_digits(&self) -> bool {
        self.alphabet == DIGITS
    }

    pub(super) fn digits() -> Self {
        let mut builder = Builder::new(DIGITS);
        for number in ["69", "88", "666", "1488"] {
            builder.refuse(number.as_bytes());
        }
        for digit in DIGITS {
            builder.refuse(&[*digit; 3]);
        }
        // A day and a month are what everyone guesses first.
        for (month, days) in (1..).zip(DAYS) {
            for day in 1..=days {
                builder.refuse(format!("{day:02}{month:02}").as_bytes());
            }
        }
        for run in DIGITS.windows(4) {
            builder.refuse(run);
            builder.refuse(&run.iter().rev().copied().collect::<Vec<_>>());
        }
        // A spreadsheet drops a leading zero, so a PIN must not begin with one.
        builder.build(Some(b'0'), false)
    }

    /// Returns the number of characters in the alphabet.
    pub(super) fn width(&self) -> usize {
        self.alphabet.len()
    }

    /// Returns the symbol of a random byte, or `None` if the byte would bias the result. All symbols are equally
    /// likely.
    #[inline(always)]
    pub(super) fn symbol_for_byte(&self, byte: u8) -> Option<Symbol> {
        self.symbol_for_byte[usize::from(byte)]
    }

    /// Returns whether a string is allowed as a password.
    #[inline]
    pub(super) fn accepts(&self, string: &[Symbol]) -> bool {
        let (mut state, mut kinds) = (self.start, 0);
        for symbol in string {
            // Every step from `REFUSED` leads to `REFUSED`.
            state = self.step(state, usize::from(symbol.index));
            kinds |= symbol.kind;
        }
        state != REFUSED && (!self.both_kinds || kinds == LETTER | DIGIT)
    }

    /// Returns the number of strings of a length, accepted or not.
    pub(super) fn strings(&self, length: usize) -> u64 {
        (self.width() as u64).saturating_pow(length as u32)
    }

    /// Returns all accepted strings of a length, joined together.
    pub(super) fn list(&self, length: usize) -> Vec<u8> {
        let symbols: Vec<Symbol> = (0..self.width()).filter_map(|index| self.symbol_for_byte(index as u8)).collect();
        let mut list = Vec::new();
        let mut string = vec![Symbol::default(); length];
        for number in 0..self.strings(length) {
            let mut rest = number as usize;
            for character in string.iter_mut().rev() {
                *character = symbols[rest % symbols.len()];
                rest /= symbols.len();
            }
            if self.accepts(&string) {
                list.extend(string.iter().map(|symbol| symbol.character));
            }
        }
        list
    }

    fn step(&self, state: u16, symbol: usize) -> u16 {
        self.next.get(usize::from(state) * self.width() + symbol).copied().unwrap_or(REFUSED)
    }

    /// Returns the number of accepted strings of a length.
    pub(super) fn accepted(&self, length: usize) -> f64 {
        let states = self.next.len() / self.width();
        // The number of ways to reach each state, counted apart for each set of kinds seen: a letter (1), a digit (2).
        let mut ways = vec![[0.0; 4]; states];
        ways[usize::from(self.start)][0] = 1.0;
        for _ in 0..length {
            let mut after = vec![[0.0; 4]; states];
            for (state, ways) in ways.iter().enumerate() {
                for symbol in 0..self.width() {
                    let Some(to) = after.get_mut(usize::from(self.step(state as u16, symbol))) else { continue };
                    let seen = usize::from(kind_of(self.alphabet[symbol]));
                    for (kinds, count) in ways.iter().enumerate() {
                        to[kinds | seen] += count;
                    }
                }
            }
            ways = after;
        }
        ways.iter().map(|ways| if self.both_kinds { ways[3] } else { ways.iter().sum() }).sum()
    }
}

fn kind_of(character: u8) -> u8 {
    if character.is_ascii_digit() { DIGIT } else { LETTER }
}

/// Builds the automaton with the algorithm of Aho and Corasick. First, it makes a tree of the refused strings. Each
/// state of the tree stands for the beginning of a refused string. Then it links each state to a shorter state: the
/// longest beginning with which the state's own characters end.
struct Builder {
    alphabet: &'static [u8],
    tree: Vec<Node>,
}

struct Node {
    children: Vec<Option<usize>>,
    refused: bool,
}

impl Builder {
    fn new(alphabet: &'static [u8]) -> Self {
        let mut builder = Self { alphabet, tree: Vec::new() };
        builder.push();
        builder
    }

    fn push(&mut self) -> usize {
        self.tree.push(Node { children: vec![None; self.alphabet.len()], refused: false });
        self.tree.len() - 1
    }

    /// Refuses a word in every spelling. Each letter can be written as itself, or as a digit that looks like the
    /// letter.
    fn refuse_word(&mut self, word: &str) {
        let mut spellings = vec![Vec::new()];
        for wanted in word.bytes() {
            let mut longer = Vec::new();
            for symbol in
                self.alphabet.iter().filter(|s| wanted == b'.' || **s == wanted || read_as(**s).contains(&wanted))
            {
                for spelling in &spellings {
                    longer.push([spelling.as_slice(), &[*symbol]].concat());
                }
            }
            spellings = longer;
        }
        for spelling in spellings {
            self.refuse(&spelling);
        }
    }

    fn refuse(&mut self, string: &[u8]) {
        let mut node = 0;
        for byte in string {
            let Some(symbol) = self.alphabet.iter().position(|s| s == byte) else { return };
            node = match self.tree[node].children[symbol] {
                Some(child) => child,
                None => {
                    let child = self.push();
                    self.tree[node].children[symbol] = Some(child);
                    child
                }
            };
        }
        self.tree[node].refused = true;
    }

    fn build(mut self, not_first: Option<u8>, both_kinds: bool) -> ForbiddenMatcher {
        let width = self.alphabet.len();
        // The last state is the state before the first symbol. It may differ from the root.
        let start = self.tree.len();
        let mut next = vec![REFUSED; (start + 1) * width];
        let mut link = vec![0; start];
        let mut queue = std::collections::VecDeque::from([0]);
        while let Some(node) = queue.pop_front() {
            for symbol in 0..width {
                // Nodes are visited in order of depth, so the row of the link exists already.
                let by_link = if node == 0 { 0 } else { next[link[node] * width + symbol] };
                let to = match self.tree[node].children[symbol] {
                    Some(child) => {
                        link[child] = if by_link == REFUSED { 0 } else { usize::from(by_link) };
                        self.tree[child].refused |= by_link == REFUSED;
                        if !self.tree[child].refused {
                            queue.push_back(child);
                        }
                        if self.tree[child].refused { REFUSED } else { child as u16 }
                    }
                    None => by_link,
                };
                next[node * width + symbol] = to;
            }
        }
        for symbol in 0..width {
            let barred = self.alphabet.get(symbol).copied() == not_first && not_first.is_some();
            next[start * width + symbol] = if barred { REFUSED } else { next[symbol] };
        }
        let fair = 256 - 256 % width;
        let symbol = |index: usize| {
            let character = self.alphabet[index];
            Symbol { index: index as u8, character, kind: kind_of(character) }
        };
        let symbol_for_byte = std::array::from_fn(|byte| (byte < fair).then(|| symbol(byte % width)));
        ForbiddenMatcher { alphabet: self.alphabet, symbol_for_byte, next, start: start as u16, both_kinds }
    }
}
