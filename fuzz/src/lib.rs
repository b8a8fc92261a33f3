//! The laws that are fuzzed; a target is one of them, and has its name.

use onroll::{Reader, SignIn};

/// Whatever the bytes, and whatever the options, there is a roster or there is an error in the report.
pub fn any_bytes_are_a_roster_or_a_report(data: &[u8]) {
    let Some((&options, file)) = data.split_first() else { return };
    let flag = |bit: u8| options >> bit & 1 == 1;
    let reader = Reader::new()
        .sign_in(if flag(0) { SignIn::Sso } else { SignIn::Password })
        .fix(flag(1))
        .any_order(flag(2))
        .optional_columns(flag(3))
        .main_codes_only(flag(4));
    let file = if flag(5) { [onroll::template_csv().as_bytes(), file].concat() } else { file.to_vec() };
    let report = reader.check_bytes(&file);
    assert_eq!(reader.read_bytes(&file).is_ok(), report.ok());
    assert!(report.problems().iter().all(|problem| problem.byte().is_none_or(|byte| byte <= file.len() as u64)));
    assert_eq!(report.text().is_empty(), report.to_string().is_empty());
}

/// A corrected file is corrected: to correct it again writes the same, and finds nothing to do.
pub fn fixing_twice_changes_nothing_more(data: &[u8]) {
    let file = [onroll::template_csv().as_bytes(), data].concat();
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    let report = Reader::new().fix_bytes(&file, &mut once).expect("a Vec takes all");
    if report.correctable() {
        let again = Reader::new().fix_bytes(&once, &mut twice).expect("a Vec takes all");
        assert_eq!(again.fixed_count(), 0);
        assert_eq!(once, twice);
    }
}
