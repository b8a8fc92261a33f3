//! A process is killed while it writes. Each file is then the complete old file or the complete new file.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use onroll::account::Cards;
use onroll::{Accounts, PasswordPolicy, Reader};

/// The environment variable that names a folder. The process that will be killed writes its files to that folder.
const FOLDER: &str = "ONROLL_WRITES_UNTIL_KILLED";
const PUPILS: usize = 20_000;
const LATER_PUPILS: usize = PUPILS + 1;
const FILES: [&str; 4] = ["credentials.csv", "cards.html", "fixed.csv", "accounts.json"];

/// Writes the files of two schools in turn, for ever. It does so only in the process that the next test starts.
#[test]
fn a_child_process_writes_files_until_killed() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else { return };
    let both = [PUPILS, LATER_PUPILS].map(|pupils| {
        let bytes = crate::school(pupils);
        let roster = Reader::new().read_bytes(&bytes).unwrap();
        fs::write(folder.join(format!("{pupils}.in")), bytes).unwrap();
        (pupils, Accounts::create(&roster, &PasswordPolicy::default()).unwrap())
    });
    loop {
        for (pupils, accounts) in &both {
            accounts.save_credentials(folder.join("credentials.csv")).unwrap();
            accounts.save_cards(folder.join("cards.html"), &Cards::new()).unwrap();
            Reader::new().fix_path(folder.join(format!("{pupils}.in")), folder.join("fixed.csv")).unwrap();
            onroll::reader::save_file(folder.join("accounts.json"), accounts.to_json_with_passwords()).unwrap();
        }
    }
}

#[test]
fn a_killed_process_leaves_either_the_old_or_the_new_file_complete() {
    let mut left_half_way = 0;
    for after in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "killed::a_child_process_writes_files_until_killed"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let writes = wait_until_it_writes(&mut child, folder.path(), Duration::from_millis(7 * after));
        child.kill().unwrap();
        child.wait().unwrap();
        writes.unwrap();

        FILES.iter().for_each(|name| assert_whole(&folder.path().join(name)));
        left_half_way += half_written(folder.path());
    }
    assert!(left_half_way > 0, "no process was killed while it wrote");
}

fn wait_until_it_writes(child: &mut Child, folder: &Path, after: Duration) -> Result<(), &'static str> {
    let begun = Instant::now();
    let mut alive = || match begun.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none() {
        true => Ok(()),
        false => Err("it does not write"),
    };
    while !folder.join("accounts.json").exists() {
        alive()?;
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(after);
    while half_written(folder) == 0 {
        alive()?;
    }
    Ok(())
}

fn half_written(folder: &Path) -> usize {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().starts_with(".tmp")).count()
}

fn assert_whole(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let pupils = match path.extension().unwrap().to_str().unwrap() {
        "csv" => text.ends_with("\r\n").then(|| text.lines().count() - 1),
        "json" => Accounts::from_json(&text).ok().map(|accounts| accounts.len()),
        _ => text.trim_end().ends_with("</html>").then(|| text.matches(">Pupil Number").count() / 2),
    };
    assert!(matches!(pupils, Some(PUPILS | LATER_PUPILS)), "{pupils:?} pupils in {path:?}");
}
