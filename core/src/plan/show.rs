//! A plan in words: a line for logs, and a list for the person who approves it.

use std::fmt::{self, Write as _};

use super::{ChangeKind, Plan};

impl Plan {
    /// One line with the counts: `12 join, 3 leave, 28 move, 1,957 unchanged`. It names nobody.
    pub fn summary(&self) -> String {
        let mut parts = Vec::new();
        for kind in ChangeKind::ALL {
            let count = self.of_kind(kind).count() as u64;
            if count > 0 {
                parts.push(format!("{} {}", grouped(count), kind.as_str()));
            }
        }
        if parts.is_empty() {
            parts.push("nothing to do".to_owned());
        }
        let others = [
            (self.conflicts.len() as u64, if self.conflicts.len() == 1 { "conflict" } else { "conflicts" }),
            (self.held, "held"),
            (self.erased, "erased"),
            (self.unchanged, "unchanged"),
        ];
        parts.extend(others.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", grouped(*n))));
        parts.join(", ")
    }

    /// The plan for the person who approves it: the summary, then every change, with names and with
    /// old and new values.
    pub fn diff(&self) -> String {
        let mut out = self.summary();
        for guard in &self.passed {
            let _ = write!(out, "\ndespite {guard}");
        }
        out.push('\n');
        for kind in ChangeKind::ALL {
            let mut changes = self.of_kind(kind).peekable();
            if changes.peek().is_some() {
                let _ = writeln!(out, "\n{}", heading(kind));
            }
            for change in changes {
                let account = change.account();
                let sign = match kind {
                    ChangeKind::Join | ChangeKind::Return => '+',
                    ChangeKind::Leave => '-',
                    _ => '~',
                };
                let _ = write!(out, "  {sign} {}", account.full_name);
                if account.username != account.full_name {
                    let _ = write!(out, " ({})", change.username());
                }
                let _ = write!(out, ", {}, {}", account.year_group, account.class_name);
                let fields = change.fields().filter(|field| field.name() != "active");
                for (place, field) in fields.enumerate() {
                    let before = if place == 0 { ": " } else { "; " };
                    let name = field.name().replace('_', " ");
                    let _ = match field.old() {
                        "" => write!(out, "{before}{name} '{}'", field.new_value()),
                        old => write!(out, "{before}{name} '{old}' to '{}'", field.new_value()),
                    };
                }
                out.push('\n');
            }
        }
        if !self.conflicts.is_empty() {
            let _ = writeln!(out, "\nNot certain, and left as it is");
        }
        for conflict in &self.conflicts {
            let accounts: Vec<_> = conflict.usernames().map(|u| format!("'{u}'")).collect();
            let students: Vec<_> = conflict
                .students
                .iter()
                .map(|s| format!("{} ({}, {})", s.full_name, s.year_group, s.class_name))
                .collect();
            let _ = writeln!(
                out,
                "  ? {}: account {} and student {}",
                conflict.reason.as_str(),
                accounts.join(", "),
                students.join(", ")
            );
        }
        out
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plan({})", self.summary())
    }
}

fn heading(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Join => "Join",
        ChangeKind::Leave => "Leave (the account is deactivated, and kept)",
        ChangeKind::Return => "Return (the same account is active again)",
        ChangeKind::Relink => "Relink (the same student has a new source id)",
        ChangeKind::Rename => "Rename (the same student has a new username)",
        ChangeKind::Move => "Move",
        ChangeKind::Update => "Update",
    }
}

/// A number with a comma between the thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
