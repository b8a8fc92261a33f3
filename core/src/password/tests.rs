//! That passwords are drawn fairly, and that none is made which must not be.

use std::collections::{HashMap, HashSet};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;

/// Every string of the default space, and whether it is accepted.
fn default_space() -> impl Iterator<Item = (String, bool)> {
    let machine = Machine::characters(&[]);
    let width = machine.width();
    (0..width.pow(4)).map(move |number| {
        let symbols = [number / width.pow(3), number / width.pow(2) % width, number / width % width, number % width];
        let symbols = symbols.map(|symbol| machine.thrown(symbol as u8).unwrap());
        let text = symbols.iter().map(|symbol| char::from(symbol.character)).collect();
        (text, machine.accepts(&symbols))
    })
}

/// The rules once more, told in another way than the machine's.
fn is_refused_by_shape(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let three_of_a_kind = text.as_bytes().windows(3).any(|w| w[0] == w[1] && w[1] == w[2]);
    let time = text.contains("PM") && text.as_bytes()[text.find("PM").unwrap().saturating_sub(1)].is_ascii_digit();
    letters == 0 || letters == text.len() || three_of_a_kind || time
}

#[test]
fn every_string_of_the_default_space_is_classified() {
    let (mut accepted, mut shaped, mut offensive) = (0_u32, 0, 0);
    for (text, accepts) in default_space() {
        if accepts {
            accepted += 1;
            assert!(!is_refused_by_shape(&text), "{text}");
            assert!(text.bytes().all(|b| !b"013450ABDEIKLNOSTUYZ".contains(&b) || b == b'5'), "{text}");
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
    assert!((75_000..85_000).contains(&accepted), "{accepted} accepted, {shaped} by shape, {offensive} offensive");
}

#[test]
fn offences_are_refused_in_letters_and_in_digits() {
    let accepted: HashSet<String> = default_space().filter(|(_, accepts)| *accepts).map(|(text, _)| text).collect();
    for text in ["FGM2", "F6M2", "2F9M", "WTF2", "W7F2", "X69X", "X88X", "22PM", "XXX2", "2222", "FFF2", "PRV7", "5XX2"]
    {
        assert!(!accepted.contains(text), "{text}");
    }
    for text in ["CJ57", "7MHW", "2QRG"] {
        assert!(accepted.contains(text), "{text}");
    }
}

#[test]
fn the_count_is_exact_for_other_lengths_and_for_pins() {
    let machine = Machine::digits();
    let by_hand = (0..100_000)
        .filter(|number| {
            let digits: Vec<_> = format!("{number:05}").bytes().map(|b| machine.thrown(b - b'0').unwrap()).collect();
            machine.accepts(&digits)
        })
        .count();
    assert_eq!(machine.accepted(5), by_hand as f64);
    assert!(PasswordPolicy::characters(5).unwrap().entropy_bits() > PasswordPolicy::default().entropy_bits() + 4.0);
}

#[test]
fn a_policy_too_narrow_is_refused() {
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
fn a_host_adds_words_to_refuse() {
    let policy = PasswordPolicy::characters_without(4, &["rmq", "x7"]).unwrap();
    assert!(policy.entropy_bits() < PasswordPolicy::default().entropy_bits());
    for password in policy.generate(20_000).unwrap() {
        assert!(!password.expose().contains("RMQ") && !password.expose().contains("X7"));
    }
    assert_eq!(PasswordPolicy::characters_without(4, &["x"]).unwrap_err(), PolicyError::NotAWord);
    assert_eq!(PasswordPolicy::characters_without(4, &["a b"]).unwrap_err(), PolicyError::NotAWord);
}

#[test]
fn a_million_draws_are_fair_and_accepted() {
    const DRAWS: usize = 1_000_000;
    let accepted: HashSet<String> = default_space().filter(|(_, accepts)| *accepts).map(|(text, _)| text).collect();
    let alphabet = b"256789CFGHJMPQRVWX";
    // How often each symbol should stand in each place, given what is refused.
    let mut expected = [[0.0; 256]; 4];
    for text in &accepted {
        for (place, symbol) in text.bytes().enumerate() {
            expected[place][usize::from(symbol)] += DRAWS as f64 / accepted.len() as f64;
        }
    }
    let mut seeded_for_the_test = StdRng::seed_from_u64(20_260_901);
    // All at once, from a list; and few at a time, character by character.
    for batch in [DRAWS, MANY - 1] {
        let mut drawn = [[0.0; 256]; 4];
        let mut each: HashMap<String, u32> = HashMap::new();
        let batches = std::iter::repeat_with(|| {
            PasswordPolicy::default().generate_with(&mut seeded_for_the_test, batch).unwrap()
        });
        for password in batches.flatten().take(DRAWS) {
            assert!(accepted.contains(password.expose()), "{}", password.expose());
            for (place, symbol) in password.expose().bytes().enumerate() {
                drawn[place][usize::from(symbol)] += 1.0;
            }
            *each.entry(password.expose().to_owned()).or_default() += 1;
        }
        // Each about 13 times: nearly all come, and none far too often.
        assert!(each.len() > accepted.len() - 50 && each.values().all(|times| *times < 50), "{}", each.len());
        for place in 0..4 {
            let chi_squared: f64 = alphabet
                .iter()
                .map(|&s| {
                    (drawn[place][usize::from(s)] - expected[place][usize::from(s)]).powi(2)
                        / expected[place][usize::from(s)]
                })
                .sum();
            // 17 degrees of freedom: one in a million is above 58.
            assert!(chi_squared < 58.0, "place {place}: {chi_squared}");
        }
    }
}

#[test]
fn the_list_is_of_all_that_are_accepted() {
    let machine = Machine::characters(&[]);
    let list = machine.list(4);
    let listed: HashSet<&[u8]> = list.chunks(4).collect();
    assert_eq!(listed.len(), list.len() / 4);
    assert!(default_space().all(|(text, accepts)| listed.contains(text.as_bytes()) == accepts));
    let pins = Machine::digits();
    assert_eq!((pins.list(5).len() / 5) as f64, pins.accepted(5));
}

#[test]
fn pins_and_words_look_as_they_should() {
    for pin in PasswordPolicy::pin(6).unwrap().generate(20_000).unwrap() {
        let pin = pin.expose();
        assert!(pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()) && !pin.starts_with('0'), "{pin}");
        assert!(!pin.contains("1234") && !pin.contains("777") && !pin.contains("9876"), "{pin}");
    }
    let mut seen = HashSet::new();
    for words in PasswordPolicy::words(3).unwrap().generate(20_000).unwrap() {
        let parts: Vec<_> = words.expose().split('-').map(str::to_owned).collect();
        assert_eq!(parts.len(), 3);
        seen.extend(parts);
    }
    assert_eq!(seen.len(), words::WORDS.len(), "every word is drawn");
    assert!(words::WORDS.is_sorted_by(|a, b| a < b) && words::WORDS.iter().all(|w| (3..=6).contains(&w.len())));
}

#[test]
fn a_password_shows_itself_only_when_asked() {
    for text in ["CX57", "a much longer password than lies in place"] {
        let password = Password::existing(text);
        assert_eq!(format!("{password:?}"), "Password(<hidden>)");
        assert_eq!(password.expose(), text);
    }
}

#[test]
fn what_is_typed_is_compared_as_a_child_types() {
    let password = Password::existing("FROG-LAMP-RAIN");
    assert!(password.matches("frog lamp rain") && password.matches("FrogLampRain") && !password.matches("frog lamp"));
    assert!(Password::existing("CX57").matches("cx57 ") && !Password::existing("CX57").matches("cx5"));
}

#[test]
fn a_chosen_password_has_letters_and_digits() {
    for text in ["frog7", "7aaa", "ABC123xyz"] {
        assert!(Password::chosen(text).is_ok(), "{text}");
    }
    for text in ["abc", "a7", "frog", "1234", "frog 7", "fr@g7", ""] {
        assert_eq!(Password::chosen(text).unwrap_err(), PolicyError::Chosen, "{text}");
    }
}

/// A generator without randomness.
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
fn without_randomness_there_are_no_passwords() {
    assert_eq!(PasswordPolicy::default().generate_with(Broken, 1).unwrap_err(), EntropyError);
}

#[cfg(feature = "argon2")]
#[test]
fn a_hash_is_that_of_what_is_typed() {
    use argon2::PasswordVerifier;
    let hash = Password::existing("cx57").to_phc_string().unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    let parsed = argon2::PasswordHash::new(&hash).unwrap();
    assert!(argon2::Argon2::default().verify_password(b"CX57", &parsed).is_ok());
}

/// So large a die that what tips the scales is a quarter of all throws: without throwing it away, every third side would come
/// up twice as often.
#[test]
fn no_side_of_a_large_die_is_likelier() {
    let mut dice = Dice { rng: StdRng::seed_from_u64(7), block: Zeroizing::new([0; BLOCK]), at: BLOCK };
    let mut thirds = [0_u32; 3];
    for _ in 0..30_000 {
        let side = dice.below_32(3 << 30).unwrap();
        assert!(side < 3 << 30);
        thirds[side % 3] += 1;
    }
    // Six standard deviations of 82.
    assert!(thirds.iter().all(|third| third.abs_diff(10_000) < 500), "{thirds:?}");
    let sides: HashSet<usize> = (0..200).map(|_| dice.below(3).unwrap()).collect();
    assert_eq!(sides.len(), 3);
}

/// Random numbers that are none: these bytes, and then zeros.
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
        bytes.iter_mut().zip(self.0.drain(..)).for_each(|(place, byte)| *place = byte);
        Ok(())
    }
}

fn loaded(bytes: &[u8]) -> Dice<Loaded> {
    Dice { rng: Loaded(bytes.to_vec()), block: Zeroizing::new([0; BLOCK]), at: BLOCK }
}

#[test]
fn what_would_tip_the_scales_is_thrown_again() {
    // Of 65,536 numbers 65,534 are as many for each of seven; the last two are drawn again.
    for (thrown, expected) in [(65_533_u16, 6), (65_534, 3), (65_535, 3), (0, 0), (8, 1)] {
        let bytes = [thrown.to_be_bytes(), 3_u16.to_be_bytes()].concat();
        assert_eq!(loaded(&bytes).below(7).unwrap(), expected, "{thrown}");
    }
    // Where it comes out even, none is.
    assert_eq!(loaded(&u16::MAX.to_be_bytes()).below(16).unwrap(), 15);
    // Of 2^32 numbers four tip the scales of seven: those whose product with it is less than 2^32 % 7 past a multiple of 2^32,
    // so that one 3 past is drawn again, and one 5 past is not.
    for (thrown, expected) in [(0_u32, 6), (1, 0), (613566757, 6), (2_454_267_027, 4), (u32::MAX, 6)] {
        let bytes = [thrown.to_le_bytes(), u32::MAX.to_le_bytes()].concat();
        assert_eq!(loaded(&bytes).below_32(7).unwrap(), expected, "{thrown}");
    }
    // One after another, and over the end of a block.
    let mut dice = loaded(&(0..=255).cycle().take(BLOCK).collect::<Vec<u8>>());
    let drawn: Vec<[u8; 4]> = (0..3).map(|_| dice.bytes().unwrap()).collect();
    assert_eq!(drawn, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]);
    dice.at = BLOCK - 2;
    assert_eq!(dice.bytes::<4>().unwrap(), [254, 255, 0, 0]);
}

#[test]
fn a_policy_may_be_so_long_and_no_longer() {
    assert!(PasswordPolicy::pin(11).is_ok() && PasswordPolicy::words(6).is_ok());
    assert!(PasswordPolicy::pin(12).is_err() && PasswordPolicy::words(7).is_err());
    assert_eq!(EntropyError.code(), "no-entropy");
    assert_ne!(Password::existing("CX57"), Password::existing("CX58"));
    assert_eq!(Password::existing("CX57"), Password::existing("CX57"));
}
