//! A plan in words: a line for logs, and a list for the person who approves it.

use std::fmt::{self, Write as _};

use crate::text::visible;

use super::{Change, ChangeKind, Decision, DecisionOutcome, NearPair, PersonRef, Plan, PlanEntry, RecordedDecision};

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
            (self.held_joiners, "cannot join yet"),
            (self.erased, "erased"),
            (self.unchanged, "unchanged"),
        ];
        parts.extend(others.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", grouped(*n))));
        parts.join(", ")
    }

    /// Returns the plan for the person who approves it: the summary, then every change, conflict and decision, with names and
    /// with old and new values. Control characters in them are shown as symbols.
    pub fn diff(&self) -> String {
        let mut out = self.summary();
        for guard in &self.passed {
            let _ = write!(out, "\noverridden: {guard}");
        }
        out.push('\n');
        for kind in ChangeKind::ALL {
            let mut changes = self.of_kind(kind).peekable();
            if changes.peek().is_some() {
                let _ = writeln!(out, "\n{}", heading(kind));
            }
            for change in changes {
                show_change(&mut out, &change);
            }
        }
        self.show_conflicts(&mut out);
        self.show_near(&mut out);
        self.show_erased(&mut out);
        self.show_decisions(&mut out);
        out
    }

    fn show_conflicts(&self, out: &mut String) {
        if !self.conflicts.is_empty() {
            let _ = writeln!(out, "\nNeeds a decision (unchanged until then)");
        }
        for conflict in &self.conflicts {
            let accounts: Vec<_> = conflict.accounts.iter().map(|a| format!("'{}'", visible(&a.username))).collect();
            let students: Vec<_> = conflict.students.iter().map(in_words).collect();
            let (reason, accounts, students) = (conflict.reason.as_str(), accounts.join(", "), students.join(", "));
            let _ = writeln!(out, "  ? {reason}: account {accounts} and student {students}");
        }
    }

    fn show_near(&self, out: &mut String) {
        if !self.near.is_empty() {
            let _ = writeln!(out, "\nPerhaps the same student (leaves and joins unless you decide)");
        }
        for NearPair { account, student } in &self.near {
            let _ = writeln!(out, "  ? account '{}' and student {}", visible(&account.username), in_words(student));
        }
    }

    fn show_erased(&self, out: &mut String) {
        if !self.erased_by_username.is_empty() {
            let _ = writeln!(out, "\nLeft out because of an erased username (a namesake is another child)");
        }
        for student in &self.erased_by_username {
            let _ = writeln!(out, "  ? {}", in_words(student));
        }
    }

    fn show_decisions(&self, out: &mut String) {
        let unfit = || self.decisions.iter().filter(|recorded| recorded.outcome != DecisionOutcome::Applied);
        if unfit().next().is_some() {
            let _ = writeln!(out, "\nDecisions that no longer fit");
        }
        for RecordedDecision { decision, outcome } in unfit() {
            let (kind, account, other) = match decision {
                Decision::Same { account, student } => ("same", account, id(student)),
                Decision::Different { account, student } => ("different", account, id(student)),
                Decision::Rename { account, username } => ("rename", account, username.as_str()),
            };
            let (account, other) = (visible(id(account)), visible(other));
            let _ = writeln!(out, "  ! {kind} '{account}' and '{other}': {}", outcome.as_str());
        }
    }
}

fn show_change(out: &mut String, change: &Change<'_>) {
    let account = change.account();
    let sign = match change.kind() {
        ChangeKind::Join | ChangeKind::Return => '+',
        ChangeKind::Leave => '-',
        _ => '~',
    };
    let _ = write!(out, "  {sign} {}", visible(account.full_name));
    if account.username != account.full_name {
        let _ = write!(out, " ({})", visible(change.username()));
    }
    let _ = write!(out, ", {}, {}", visible(account.year_group), visible(account.class_name));
    for (place, field) in change.fields().filter(|field| field.name() != "active").enumerate() {
        let before = if place == 0 { ": " } else { "; " };
        let (name, old, new) = (field.name().replace('_', " "), field.old(), field.new_value());
        let new = visible(new.as_str());
        let _ = match old.as_str() {
            "" => write!(out, "{before}{name} '{new}'"),
            old => write!(out, "{before}{name} '{}' to '{new}'", visible(old)),
        };
    }
    if change.kind() == ChangeKind::Return && change.new_password() {
        out.push_str(" (new password)");
    }
    out.push('\n');
}

/// A student of a conflict or a near pair.
fn in_words(student: &PlanEntry) -> String {
    let [name, year, class] = [&student.full_name, &student.year_group, &student.class_name].map(|text| visible(text));
    format!("{name} ({year}, {class})")
}

fn id(person: &PersonRef) -> &str {
    match person {
        PersonRef::SourceId { source_id: id }
        | PersonRef::Upn { upn: id }
        | PersonRef::Username { username: id, .. } => id,
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
