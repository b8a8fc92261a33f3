//! Reads rosters, creates accounts, and makes and applies plans for the given number of minutes: `soak 10`. Ends with
//! an error if memory has grown.

use std::error::Error;
use std::time::{Duration, Instant};
use std::{env, fs};

use onroll::account::Cards;
use onroll::{Accounts, PasswordPolicy, Plan, Reader};

/// The limit for the growth of memory after the first tenth of the time, in megabytes. It is above 0, because the
/// allocator keeps some free memory.
const MOST_GROWN: f64 = 16.0;

fn main() -> Result<(), Box<dyn Error>> {
    let minutes: f64 = env::args().nth(1).as_deref().unwrap_or("10").parse()?;
    let whole = Duration::from_secs_f64(60.0 * minutes);
    let begun = Instant::now();
    let (mut rounds, mut first, mut most) = (0_u64, None, 0.0_f64);
    while begun.elapsed() < whole {
        round(rounds as usize)?;
        rounds += 1;
        let now = resident()?;
        if first.is_none() && begun.elapsed() > whole / 10 {
            first = Some(now);
        }
        most = most.max(now);
    }
    let (first, last) = (first.unwrap_or(most), resident()?);
    println!(
        "Rust: {rounds} rounds in {minutes} minutes; resident {first:.1} MB after a tenth, {last:.1} MB at the end"
    );
    if last - first > MOST_GROWN {
        return Err("memory has grown".into());
    }
    Ok(())
}

/// Syncs a school a year later: a twelfth of the students are new, and the class has changed. It also checks a file
/// that is refused.
fn round(number: usize) -> Result<(), Box<dyn Error>> {
    let pupils = 200 + number % 7 * 300;
    let read = |from: usize, class: &str| {
        let rows = (from..from + pupils).map(|n| format!("Pupil {n},Pupil {n},Year 5,{class},F,No,BAFR,No,No\r\n"));
        Reader::new()
            .fix(true)
            .threads(1 + number % 2)
            .read_bytes((onroll::template_csv() + &rows.collect::<String>()).into_bytes())
    };
    let accounts = Accounts::create(&read(0, "5A")?, &PasswordPolicy::default()).unwrap();
    let plan = Plan::between(&accounts, &read(pupils / 12, "6A")?)?;
    let accounts = Plan::from_json(&plan.to_json_with_passwords())?.apply(accounts)?;
    accounts.write_credentials(Vec::new())?;
    accounts.write_cards(Vec::new(), &Cards::new())?;
    Accounts::from_json(&accounts.to_json_with_passwords())?;
    let refused =
        Reader::new().check_bytes(format!("{}{}", onroll::template_csv(), "a,b,c\n".repeat(pupils)).as_bytes());
    refused.text();
    Ok(())
}

/// Returns the memory that the process uses, in megabytes.
fn resident() -> Result<f64, Box<dyn Error>> {
    let pages: f64 = fs::read_to_string("/proc/self/statm")?.split(' ').nth(1).unwrap_or_default().parse()?;
    Ok(pages * 4096.0 / 1e6)
}
