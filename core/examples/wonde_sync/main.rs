//! Syncs a school as a host does at night, with a small Wonde on this computer:
//! `cargo run --release --features http --example wonde_sync`
//!
//! The first sync makes the accounts of 1,200 students. A term later, the second sync finds the changes. In a night
//! between them, Wonde fails.

#[path = "../../src/testing/fake/mod.rs"]
mod fake;

use std::error::Error;

use chrono::{TimeZone, Utc};
use onroll::adapter::Http;
use onroll::wonde::{Access, AccessEvent, Client, Exclusive, Locks, Options, Schedule, Snapshot, WondeError};
use onroll::{Accounts, PasswordPolicy, Planner};

use fake::{Fake, SCHOOL, TOKEN};

fn main() -> Result<(), Box<dyn Error>> {
    let wonde = Fake::of(1200);
    let client = Client::new(TOKEN)?.domain(&wonde.serve().to_string())?;
    let http = Http::new()?;
    let locks = Locks::default();
    let sync = |since| -> Result<Snapshot, WondeError> {
        let call = client.call_snapshot(SCHOOL, since)?;
        call.run_with(&http, |at| println!("  {}, page {}: {} students so far", at.list, at.page, at.students))
    };

    println!("The school has approved access");
    let mut access = Access::new(SCHOOL);
    let task =
        access.apply(AccessEvent::Listed { approved: &client.schools(&http)?, pending: &client.pending(&http)? });
    println!("  to do: {}", task.map_or("nothing", |task| task.as_str()));

    println!("\nWhat the token may read");
    for line in client.check_access(&http, SCHOOL)?.text().lines() {
        println!("  {line}");
    }

    println!("\nThe first sync");
    let night = Exclusive::of(&locks, SCHOOL)?;
    let began = Utc.with_ymd_and_hms(2026, 9, 1, 12, 0, 0).unwrap();
    let snapshot = sync(None)?;
    let roster = snapshot.roster(&Options::new());
    let none = Accounts::from_rows([], roster.sign_in())?;
    let plan = Planner::new().passwords(PasswordPolicy::default()).plan(&none, &roster)?;
    println!("  {} pages, {} students, {} held", snapshot.pages(), snapshot.len(), roster.held().len());
    println!("  {}", plan.summary());
    let accounts = plan.apply(none)?;
    access.apply(AccessEvent::FullySynced);
    drop(night);

    println!("\nA night in which Wonde fails at page 3");
    wonde.fault("students", 3, "422", 1);
    match sync(None) {
        Ok(_) => println!("  read all the same"),
        Err(error) => println!("  {error}\n  the accounts stay as they are: {} active", active(&accounts)),
    }

    println!("\nA term later, what changed since the first sync");
    wonde.school().change("a term");
    let snapshot = sync(Some(began))?;
    let roster = snapshot.roster(&Options::new());
    let plan = Planner::new().plan(&accounts, &roster)?;
    println!("  {} students changed, {} left", snapshot.len(), snapshot.left());
    print!("{}", plan.diff());
    let accounts = plan.apply(accounts)?;
    println!("  {} accounts, {} active", accounts.len(), active(&accounts));

    let schedule = Schedule::daily("02:30")?.full_on_named("Sunday")?.spread(60)?.of_school(SCHOOL);
    let next = schedule.next_run(began);
    println!("\nThe next sync is at {} and reads {}", next.at, next.sync.as_str());
    Ok(())
}

fn active(accounts: &Accounts) -> usize {
    accounts.iter().filter(|account| account.active).count()
}
