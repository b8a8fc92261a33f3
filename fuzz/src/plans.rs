//! Properties of plans.

use arbitrary::{Arbitrary, Unstructured};
use onroll::account::AccountRow;
use onroll::plan::Guard;
use onroll::{Accounts, Plan, Planner, Reader, Record, SignIn};

/// A pupil who can have an account, be in the roster, or both.
#[derive(Debug, Arbitrary)]
struct Pupil {
    name: u8,
    year: u8,
    class: u8,
    account: Option<Ids>,
    active: bool,
    listed: Option<Ids>,
    moves: bool,
    broken: bool,
}

#[derive(Debug, Arbitrary)]
struct Ids {
    source: Option<u8>,
    upn: Option<u8>,
}

/// Valid UPNs.
const UPNS: [&str; 16] = [
    "H801200000000",
    "X801200000001",
    "L801200000002",
    "A801200000003",
    "P801200000004",
    "D801200000005",
    "T801200000006",
    "G801200000007",
    "W801200000008",
    "K801200000009",
    "W801200000010",
    "K801200000011",
    "Z801200000012",
    "N801200000013",
    "C801200000014",
    "R801200000015",
];

/// Plans keep their properties for any school. After a plan is applied, a second plan for the same roster changes
/// nothing. No username appears twice, and no student is in two changes.
pub fn plans_keep_their_properties(data: &[u8]) {
    let mut given = Unstructured::new(data);
    let (Ok(partial), Ok(pupils)) = (bool::arbitrary(&mut given), Vec::<Pupil>::arbitrary(&mut given)) else { return };
    let name = |pupil: &Pupil| format!("Pupil {}", char::from(b'A' + pupil.name % 9));
    let id = |letter: char, id: Option<u8>| id.map(|id| format!("{letter}{}", id % 16));
    let upn = |id: Option<u8>| id.map(|id| UPNS[usize::from(id % 16)].to_owned());
    let class = |pupil: &Pupil, moves: bool| {
        format!("{}{}", pupil.year % 7, if moves { 'Z' } else { char::from(b'A' + pupil.class % 3) })
    };
    let accounts = pupils.iter().enumerate().filter_map(|(number, pupil)| {
        let ids = pupil.account.as_ref()?;
        Some(AccountRow {
            source_id: id('S', ids.source),
            upn: upn(ids.upn),
            full_name: name(pupil),
            username: format!("{} {number}", name(pupil)),
            year_group: format!("Year {}", pupil.year % 7),
            class_name: class(pupil, false),
            gender: "Female".to_owned(),
            active: pupil.active,
            ..AccountRow::default()
        })
    });
    let Ok(accounts) = Accounts::from_rows(accounts, SignIn::Password) else { return };
    // If the MIS lists a student twice under one UPN, no plan can correct that.
    let shared = |ids: fn(&Pupil) -> &Option<Ids>| {
        let mut upns: Vec<u8> = pupils.iter().filter_map(|pupil| Some(ids(pupil).as_ref()?.upn? % 16)).collect();
        upns.sort_unstable();
        upns.windows(2).any(|two| two[0] == two[1])
    };
    if shared(|pupil| &pupil.listed) {
        return;
    }
    let records = pupils.iter().enumerate().filter_map(|(number, pupil)| {
        let ids = pupil.listed.as_ref()?;
        let gender = if pupil.broken { "?" } else { "Female" };
        let [year, class] = [format!("Year {}", pupil.year % 7), class(pupil, pupil.moves)];
        let cells = [name(pupil), format!("{} {number}", name(pupil)), year, class, gender.to_owned()];
        let [name, username, year, class, gender] = cells.map(std::borrow::Cow::from);
        let [premium, send, eal] = ["No"; 3].map(std::borrow::Cow::from);
        let record = Record::new([name, username, year, class, gender, premium, "NOBT".into(), send, eal]);
        let record = match id('S', ids.source) {
            Some(source) => record.source_id(source),
            None => record,
        };
        Some(match upn(ids.upn) {
            Some(upn) => record.upn(upn),
            None => record,
        })
    });
    let roster = Reader::new().hold_records(records);
    let roster = if partial { roster.into_partial() } else { roster };
    let planner = Planner::new().override_guards(Guard::ALL);
    let Ok(plan) = planner.plan(&accounts, &roster) else { return };
    // In the same plan, a joiner may get the username that an existing account gives up.
    let who = |change: onroll::plan::Change<'_>| {
        (change.kind() == onroll::plan::ChangeKind::Join, change.username().to_owned())
    };
    let mut changed: Vec<_> = plan.changes().map(who).collect();
    changed.sort_unstable();
    assert!(changed.windows(2).all(|two| two[0] != two[1]), "nobody is in two changes");
    let kept = Plan::from_json(&plan.to_json_with_passwords()).expect("our own JSON");
    let after = kept.apply(accounts).expect("a plan of these accounts");
    let again = planner.plan(&after, &roster).expect("guards are passed");
    // If several accounts share a UPN, the second plan may match more, because a source id now identifies one of them.
    assert!(again.is_empty() || shared(|pupil| &pupil.account), "{}", again.diff());
    let mut usernames: Vec<String> = after.iter().map(|account| account.username.to_lowercase()).collect();
    usernames.sort_unstable();
    assert!(usernames.windows(2).all(|two| two[0] != two[1]), "no username is there twice");
}
