//! Tests that passwords are drawn without bias, and that refused passwords are never made.

use std::collections::{HashMap, HashSet};

use rand::TryCryptoRng;
use rand::rngs::StdRng;
use rand::{SeedableRng, TryRng};

use super::forbidden::ForbiddenMatcher;
use super::policy::MANY;
use super::uniform::{BLOCK, UniformSampler};
use super::*;

/// Returns every four-character string over the default alphabet, and whether it is accepted.
fn default_space() -> impl Iterator<Item = (String, bool)> {
    let machine = ForbiddenMatcher::characters(&[]);
    let width = machine.width();
    (0..width.pow(4)).map(move |number| {
        let symbols = [number / width.pow(3), number / width.pow(2) % width, number / width % width, number % width];
        let symbols = symbols.map(|symbol| machine.symbol_for_byte(symbol as u8).unwrap());
        let text = symbols.iter().map(|symbol| char::from(symbol.character)).collect();
        (text, machine.accepts(&symbols))
    })
}

/// Checks the rules again, without the automaton.
fn is_refused_by_shape(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let three_of_a_kind = text.as_bytes().windows(3).any(|w| w[0] == w[1] && w[1] == w[2]);
    letters == 0 || letters == text.len() || three_of_a_kind
}

#[test]
fn accepts_no_default_password_with_a_refused_shape_or_offensive_word() {
    let (mut accepted, mut shaped, mut offensive) = (0_u32, 0, 0);
    for (text, accepts) in default_space() {
        if accepts {
            accepted += 1;
            assert!(!is_refused_by_shape(&text), "{text}");
            assert!(text.bytes().all(|b| !b"0134ABDEGILMNOQSUZ".contains(&b)), "{text}");
            let known = rustrict::CensorStr::is(text.as_str(), rustrict::Type::SEVERE);
            assert!(!known, "a list of offences knows {text}");
        } else if is_refused_by_shape(&text) {
            shaped += 1;
        } else {
            offensive += 1;
        }
    }
    assert_eq!(accepted + shaped + offensive, 18_u32.pow(4));
    assert_eq!(PasswordPolicy::default().entropy_bits(), f64::from(accepted).log2());
    assert_eq!(accepted, 72_840, "{shaped} by shape, {offensive} offensive");
}

#[test]
fn refuses_offensive_words_that_are_written_with_letters_and_digits() {
    let accepted: HashSet<String> = default_space().filter(|(_, accepts)| *accepts).map(|(text, _)| text).collect();
    for text in [
        "FCK2", "2FCK", "FVK7", "WTF2", "W7F2", "X69X", "X88X", "XXX2", "2222", "FFF2", "PRV7", "5XX2", "KY57", "5HT2",
        "H8RX", "KKK2", "TW7X",
    ] {
        assert!(!accepted.contains(text), "{text}");
    }
    for text in ["CJ57", "7YHW", "2RKX"] {
        assert!(accepted.contains(text), "{text}");
    }
}

#[test]
fn counts_the_accepted_five_digit_pins_exactly() {
    let machine = ForbiddenMatcher::digits();
    let by_hand = (0..100_000)
        .filter(|number| {
            let digits: Vec<_> =
                format!("{number:05}").bytes().map(|b| machine.symbol_for_byte(b - b'0').unwrap()).collect();
            machine.accepts(&digits)
        })
        .count();
    assert_eq!(machine.accepted(5), by_hand as f64);
    assert!(PasswordPolicy::characters(5).unwrap().entropy_bits() > PasswordPolicy::default().entropy_bits() + 4.0);
}

#[test]
fn refuses_policies_whose_passwords_are_too_weak_or_too_long() {
    for refused in
        [PasswordPolicy::characters(3), PasswordPolicy::pin(4), PasswordPolicy::words(1), PasswordPolicy::pin(0)]
    {
        assert!(matches!(refused, Err(PolicyError::TooNarrow { .. })), "{refused:?}");
    }
    for refused in [PasswordPolicy::characters(21), PasswordPolicy::pin(12), PasswordPolicy::words(7)] {
        assert!(matches!(refused, Err(PolicyError::TooLong { .. })), "{refused:?}");
    }
    for taken in [
        PasswordPolicy::characters(4),
        PasswordPolicy::pin(6),
        PasswordPolicy::words(3),
        PasswordPolicy::characters(20),
    ] {
        assert!(taken.unwrap().entropy_bits() >= 16.0);
    }
}

#[test]
fn refuses_passwords_that_contain_a_word_forbidden_by_the_host() {
    let policy = PasswordPolicy::characters_without(4, &["rkf", "x7"]).unwrap();
    assert!(policy.entropy_bits() < PasswordPolicy::default().entropy_bits());
    for password in policy.generate(20_000).unwrap() {
        assert!(!password.expose().contains("RKF") && !password.expose().contains("X7"));
    }
    assert_eq!(PasswordPolicy::characters_without(4, &["x"]).unwrap_err(), PolicyError::NotAWord);
    assert_eq!(PasswordPolicy::characters_without(4, &["a b"]).unwrap_err(), PolicyError::NotAWord);
}

#[test]
fn a_million_random_passwords_are_accepted_and_evenly_distributed() {
    const DRAWS: usize = 1_000_000;
    let accepted: HashSet<String> = default_space().filter(|(_, accepts)| *accepts).map(|(text, _)| text).collect();
    let alphabet = b"256789CFHJKPRTVWXY";
    // The expected frequency of each symbol at each position, given the refused strings.
    let mut expected = [[0.0; 256]; 4];
    for text in &accepted {
        for (index, symbol) in text.bytes().enumerate() {
            expected[index][usize::from(symbol)] += DRAWS as f64 / accepted.len() as f64;
        }
    }
    let mut seeded_for_the_test = StdRng::seed_from_u64(20_260_901);
    // The first batch is drawn all at once, from a list. The second is drawn character by character.
    for batch in [DRAWS, MANY - 1] {
        let mut drawn = [[0.0; 256]; 4];
        let mut each: HashMap<String, u32> = HashMap::new();
        let batches = std::iter::repeat_with(|| {
            PasswordPolicy::default().generate_with(&mut seeded_for_the_test, batch).unwrap()
        });
        for password in batches.flatten().take(DRAWS) {
            assert!(accepted.contains(password.expose()), "{}", password.expose());
            for (index, symbol) in password.expose().bytes().enumerate() {
                drawn[index][usize::from(symbol)] += 1.0;
            }
            *each.entry(password.expose().to_owned()).or_default() += 1;
        }
        // Each password is expected about 14 times. Nearly all occur, and none occurs far too often.
        assert!(each.len() > accepted.len() - 50 && each.values().all(|times| *times < 50), "{}", each.len());
        for index in 0..4 {
            let chi_squared: f64 = alphabet
                .iter()
                .map(|&s| {
                    (drawn[index][usize::from(s)] - expected[index][usize::from(s)]).powi(2)
                        / expected[index][usize::from(s)]
                })
                .sum();
            // With 17 degrees of freedom, one value in a million is above 58.
            assert!(chi_squared < 58.0, "index {index}: {chi_squared}");
        }
    }
}

#[test]
fn lists_exactly_the_accepted_passwords() {
    let machine = ForbiddenMatcher::characters(&[]);
    let list = machine.list(4);
    let listed: HashSet<&[u8]> = list.chunks(4).collect();
    assert_eq!(listed.len(), list.len() / 4);
    assert!(default_space().all(|(text, accepts)| listed.contains(text.as_bytes()) == accepts));
    let pins = ForbiddenMatcher::digits();
    assert_eq!((pins.list(5).len() / 5) as f64, pins.accepted(5));
}

#[test]
fn pins_and_word_passwords_have_the_expected_form() {
    for pin in PasswordPolicy::pin(6).unwrap().generate(20_000).unwrap() {
        let pin = pin.expose();
        assert!(pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()) && !pin.starts_with('0'), "{pin}");
        assert!(!pin.contains("1234") && !pin.contains("777") && !pin.contains("9876"), "{pin}");
    }
    let mut seen = HashSet::new();
    for words in PasswordPolicy::words(3).unwrap().generate(20_000).unwrap() {
        let parts: Vec<_> = words.expose().split(' ').map(str::to_owned).collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts.iter().collect::<HashSet<_>>().len(), 3, "no word is there twice");
        seen.extend(parts);
    }
    assert_eq!(seen.len(), words::WORDS.len(), "every word is drawn");
    assert!(words::WORDS.is_sorted_by(|a, b| a < b) && words::WORDS.iter().all(|w| (3..=6).contains(&w.len())));
}

#[test]
fn a_password_is_hidden_in_debug_text_and_shown_only_on_request() {
    for text in ["CX57", "a much longer password than lies in place"] {
        let password = Password::existing(text);
        assert_eq!(format!("{password:?}"), "Password(<hidden>)");
        assert_eq!(password.expose(), text);
    }
}

#[test]
fn ignores_case_spaces_and_hyphens_when_comparing_passwords() {
    let password = Password::existing("FROG-LAMP-RAIN");
    assert!(password.matches("frog lamp rain") && password.matches("FrogLampRain") && !password.matches("frog lamp"));
    assert!(Password::existing("CX57").matches("cx57 ") && !Password::existing("CX57").matches("cx5"));
}

#[test]
fn chosen_passwords_need_letters_and_digits() {
    for text in ["frog7", "7aab", "ABC12xyz3"] {
        assert!(Password::chosen(text).is_ok(), "{text}");
    }
    for text in ["abc", "a7", "frog", "1234", "frog 7", "fr@g7", ""] {
        assert!(matches!(Password::chosen(text).unwrap_err(), PolicyError::Chosen(_)), "{text}");
    }
}

/// A random generator that always fails.
struct Broken;

impl TryRng for Broken {
    type Error = std::io::Error;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(std::io::ErrorKind::Other.into())
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(std::io::ErrorKind::Other.into())
    }
    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
        Err(std::io::ErrorKind::Other.into())
    }
}

impl TryCryptoRng for Broken {}

#[test]
fn generates_no_password_if_the_random_source_fails() {
    assert_eq!(PasswordPolicy::default().generate_with(Broken, 1).unwrap_err(), EntropyError);
}

#[cfg(feature = "argon2")]
#[test]
fn hashes_the_canonical_form_of_a_password() {
    use argon2::PasswordVerifier;
    let hash = Password::existing("cx57").to_phc_string().unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    let parsed = argon2::PasswordHash::new(&hash).unwrap();
    assert!(argon2::Argon2::default().verify_password(b"CX57", &parsed).is_ok());
}

/// With this number of sides, a quarter of all draws would bias the result. If these draws were not rejected, every
/// third side would come up twice as often as the other sides.
#[test]
fn draws_numbers_uniformly_from_a_large_range() {
    let mut sampler = UniformSampler::<_, BLOCK>::new(StdRng::seed_from_u64(7));
    let mut thirds = [0_u32; 3];
    for _ in 0..30_000 {
        let side = sampler.below_32(3 << 30).unwrap();
        assert!(side < 3 << 30);
        thirds[side % 3] += 1;
    }
    // 500 is six standard deviations of 82.
    assert!(thirds.iter().all(|third| third.abs_diff(10_000) < 500), "{thirds:?}");
    let sides: HashSet<usize> = (0..200).map(|_| sampler.below(3).unwrap()).collect();
    assert_eq!(sides.len(), 3);
}

/// A fixed source of random numbers: these bytes, and then zeros.
struct Loaded(Vec<u8>);

impl rand::TryRng for Loaded {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        unreachable!("only blocks are asked for")
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        unreachable!("only blocks are asked for")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(0);
        bytes.iter_mut().zip(self.0.drain(..)).for_each(|(target, byte)| *target = byte);
        Ok(())
    }
}

fn loaded(bytes: &[u8]) -> UniformSampler<Loaded, BLOCK> {
    UniformSampler::new(Loaded(bytes.to_vec()))
}

#[test]
fn draws_again_when_a_random_number_would_bias_the_result() {
    // 65,534 of the 65,536 numbers divide evenly among seven sides. The last two are drawn again.
    for (drawn_number, expected) in [(65_533_u16, 6), (65_534, 3), (65_535, 3), (0, 0), (8, 1)] {
        let bytes = [drawn_number.to_be_bytes(), 3_u16.to_be_bytes()].concat();
        assert_eq!(loaded(&bytes).below(7).unwrap(), expected, "{drawn_number}");
    }
    // All numbers divide evenly among 16 sides, so none is drawn again.
    assert_eq!(loaded(&u16::MAX.to_be_bytes()).below(16).unwrap(), 15);
    // With seven sides, four of the 2^32 numbers would bias the result. Their product with seven is less than 2^32 % 7
    // = 4 above a multiple of 2^32. So a number whose product is 3 above is drawn again, and a number whose product is
    // 5 above is not.
    for (drawn_number, expected) in [(0_u32, 6), (1, 0), (613566757, 6), (2_454_267_027, 4), (u32::MAX, 6)] {
        let bytes = [drawn_number.to_le_bytes(), u32::MAX.to_le_bytes()].concat();
        assert_eq!(loaded(&bytes).below_32(7).unwrap(), expected, "{drawn_number}");
    }
    // Bytes come one after another, and continue across the end of a block.
    let mut sampler = loaded(&(0..=255).cycle().take(BLOCK).collect::<Vec<u8>>());
    let drawn: Vec<[u8; 4]> = (0..3).map(|_| sampler.bytes().unwrap()).collect();
    assert_eq!(drawn, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]);
    sampler.at = BLOCK - 2;
    assert_eq!(sampler.bytes::<4>().unwrap(), [254, 255, 0, 0]);
}

#[test]
fn limits_the_number_of_digits_and_words_in_a_policy() {
    assert!(PasswordPolicy::pin(11).is_ok() && PasswordPolicy::words(6).is_ok());
    assert!(PasswordPolicy::pin(12).is_err() && PasswordPolicy::words(7).is_err());
    assert_eq!(EntropyError.code(), "no-entropy");
    assert_ne!(Password::existing("CX57"), Password::existing("CX58"));
    assert_eq!(Password::existing("CX57"), Password::existing("CX57"));
}

/// Returns whether a text contains a day and a month.
fn holds_a_date(text: &str) -> bool {
    let days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    text.as_bytes().windows(4).any(|window| {
        let number: usize = std::str::from_utf8(window).unwrap().parse().unwrap();
        let (day, month) = (number / 100, number % 100);
        (1..=12).contains(&month) && (1..=days[month - 1]).contains(&day)
    })
}

#[test]
fn accepted_pins_contain_no_date() {
    assert!(holds_a_date("92902") && holds_a_date("01129") && !holds_a_date("93002") && !holds_a_date("90013"));
    let pins = ForbiddenMatcher::digits();
    let listed = pins.list(5);
    let listed: HashSet<&str> = listed.chunks(5).map(|pin| std::str::from_utf8(pin).unwrap()).collect();
    assert!(!listed.iter().any(|pin| holds_a_date(pin)));
    // Numbers that only resemble a date are allowed.
    assert!(listed.contains("93002") && listed.contains("90013") && !listed.contains("92902"));
    let bits = PasswordPolicy::pin(5).unwrap().entropy_bits();
    assert_eq!(bits, (listed.len() as f64).log2());
    assert!((16.1..16.3).contains(&bits), "{bits}");
}

#[test]
fn no_two_password_words_differ_by_only_one_letter() {
    let is_near = |a: &str, b: &str| {
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        let without = |at: usize, of: &str| format!("{}{}", &of[..at], &of[at + 1..]);
        let left_out = long.len() == short.len() + 1 && (0..long.len()).any(|at| without(at, long) == short);
        let changed = short.bytes().zip(long.bytes()).filter(|(a, b)| a != b).count();
        left_out || long.len() == short.len() && changed == 1
    };
    assert!(is_near("SHIP", "SHOP") && is_near("RAIN", "TRAIN") && !is_near("SHEEP", "SHIP"));
    for (number, word) in words::WORDS.iter().enumerate() {
        let near: Vec<_> = words::WORDS[number + 1..].iter().filter(|other| is_near(word, other)).collect();
        assert!(near.is_empty(), "{word} and {near:?}");
    }
}

#[test]
fn word_passwords_use_no_offensive_word_and_no_word_twice() {
    let (count, policy) = (words::WORDS.len() as f64, PasswordPolicy::words(3).unwrap());
    assert!((policy.entropy_bits() - (count * (count - 1.0) * (count - 2.0)).log2()).abs() < 1e-9);
    assert!(PasswordPolicy::words(2).is_ok() && (24.0..25.0).contains(&policy.entropy_bits()));
    for word in words::WORDS {
        assert!(!rustrict::CensorStr::is(*word, rustrict::Type::MODERATE_OR_HIGHER), "{word}");
    }
    for word in
        ["ALIEN", "WHALE", "QUARTZ", "SHIP", "MOUSE", "POPPY", "RUBY", "HOLLY", "LILY", "ROBIN", "SUMMER", "DAWN"]
    {
        assert!(!words::WORDS.contains(&word), "{word}");
    }
}

#[test]
fn the_documented_password_strengths_are_correct() {
    let bits = |policy: Result<PasswordPolicy, PolicyError>| format!("{:.1}", policy.unwrap().entropy_bits());
    let stated = [
        bits(PasswordPolicy::characters(4)),
        bits(PasswordPolicy::pin(5)),
        bits(PasswordPolicy::characters(6)),
        bits(PasswordPolicy::words(3)),
    ];
    assert_eq!(stated, ["16.2", "16.2", "24.5", "24.2"]);
}
