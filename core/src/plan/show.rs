//! Writes a plan in words: one line for logs, and a list for the person who approves it. `refused.rs` has the texts
//! about a refused plan.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use crate::text::visible;

use super::{
    Change, ChangeKind, ConflictReason, Decision, DecisionOutcome, KeptUsername, LeftOut, NearPair, PersonRef, Plan,
    PlanEntry, RecordedDecision,
};

impl Plan {
    /// Returns the counts in one line: `12 join, 3 leave, 28 move, 1,957 unchanged`. It contains no names.
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
            (self.in_grace, "in grace"),
            (self.left_out.len() as u64, "left out"),
            (self.unchanged, "unchanged"),
        ];
        parts.extend(others.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", grouped(*n))));
        parts.join(", ")
    }

    /// Returns the counts in plain words, for the person who approves the plan: `20 new students, 60 leavers, 180
    /// change class or year, 1,957 unchanged`. It contains no names.
    pub fn summary_in_words(&self) -> String {
        let mut counts: Vec<(u64, [&str; 2])> = Vec::new();
        for kind in ChangeKind::ALL {
            counts.push((self.of_kind(kind).count() as u64, in_whole_words(kind)));
        }
        counts.extend([
            (self.conflicts.len() as u64, ["needs a decision", "need a decision"]),
            (self.near.len() as u64, ["possible match to decide", "possible matches to decide"]),
            (self.held, ["not updated because of an error", "not updated because of an error"]),
            (self.held_joiners, ["cannot join yet", "cannot join yet"]),
            (self.erased, ["erased student is left out", "erased students are left out"]),
            (self.in_grace, ["has left and stays active for now", "have left and stay active for now"]),
            (self.left_out.len() as u64, ["change is left out", "changes are left out"]),
            (self.unchanged, ["unchanged", "unchanged"]),
            (self.kept_usernames.len() as u64, ["keeps their username", "keep their username"]),
        ]);
        let nothing = if self.is_empty() { vec!["nothing to do".to_owned()] } else { Vec::new() };
        let words = |(n, [one, many]): (u64, [&str; 2])| format!("{} {}", grouped(n), if n == 1 { one } else { many });
        let counts = counts.into_iter().filter(|(n, _)| *n > 0).map(words);
        nothing.into_iter().chain(counts).collect::<Vec<_>>().join(", ")
    }

    /// Returns the plan for the person who approves it: the summary, and then every change, conflict and decision, with
    /// names and with old and new values. If three or more students change in the same way, they share a line, such as
    /// `3 Elm → New 3 Elm: 30 students`. Control characters are shown as symbols.
    ///
    /// ```
    /// use onroll::Plan;
    /// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// # let next = csv.replace("5A", "5B");
    /// # let roster = onroll::Reader::new().read_bytes(csv.into_bytes())?;
    /// # let mut accounts = onroll::Accounts::create(&roster, &onroll::PasswordPolicy::default())?;
    /// # let next = onroll::Reader::new().read_bytes(next.into_bytes())?;
    /// let plan = Plan::between(&accounts, &next)?;
    /// assert!(plan.diff().contains("5A"));
    /// assert_eq!(plan.summary_in_words(), "1 changes class or year");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn diff(&self) -> String {
        let mut out = self.summary_in_words();
        for guard in &self.passed {
            let _ = write!(out, "\noverridden: {guard}");
        }
        out.push('\n');
        // These lists come first, because a person must act on them. The changes only need approval.
        self.show_conflicts(&mut out);
        self.show_near(&mut out);
        self.show_decisions(&mut out);
        self.show_staff(&mut out);
        self.show_erased(&mut out);
        for kind in ChangeKind::ALL {
            self.show_kind(&mut out, kind);
        }
        self.show_kept_usernames(&mut out);
        self.show_left_out(&mut out);
        out
    }

    /// Shows the changes of one kind. Changes that are the same for several students come first.
    fn show_kind(&self, out: &mut String, kind: ChangeKind) {
        let mut changes: Vec<Change<'_>> = self.of_kind(kind).collect();
        if changes.is_empty() {
            return;
        }
        let _ = writeln!(out, "\n{}", heading(kind));
        if !matches!(kind, ChangeKind::Join | ChangeKind::Leave | ChangeKind::Return) {
            let mut alike: BTreeMap<String, usize> = BTreeMap::new();
            for change in &changes {
                *alike.entry(way(change)).or_default() += 1;
            }
            for (way, count) in alike.iter().filter(|(_, count)| **count >= ALIKE) {
                let _ = writeln!(out, "  ~ {way}: {} students", grouped(*count as u64));
            }
            changes.retain(|change| alike.get(&way(change)).is_none_or(|count| *count < ALIKE));
        }
        for change in changes {
            show_change(out, &change);
        }
    }

    fn show_kept_usernames(&self, out: &mut String) {
        if !self.kept_usernames.is_empty() {
            let _ = writeln!(out, "\nAccounts that keep their usernames (the roster has different ones)");
        }
        for KeptUsername { kept, listed } in &self.kept_usernames {
            let _ = writeln!(out, "  = '{}' (listed as '{}')", visible(kept), visible(listed));
        }
    }

    fn show_staff(&self, out: &mut String) {
        let staff = self.perhaps_staff();
        if !staff.is_empty() {
            let _ = writeln!(
                out,
                "\nPerhaps staff (they have a title, and their year group is not a school year; they join unless you leave them out)"
            );
        }
        for person in staff {
            let _ = writeln!(out, "  ? {}", in_words(&person));
        }
    }

    fn show_left_out(&self, out: &mut String) {
        if !self.left_out.is_empty() {
            let _ = writeln!(out, "\nLeft out (the next plan lists these changes again)");
        }
        for LeftOut { kind, username } in &self.left_out {
            let _ = writeln!(out, "  / {kind} '{}'", visible(username));
        }
    }

    fn show_conflicts(&self, out: &mut String) {
        if !self.conflicts.is_empty() {
            let _ = writeln!(out, "\nDecide which student this is (nothing changes until you decide)");
        }
        for conflict in &self.conflicts {
            let accounts: Vec<_> = conflict.accounts.iter().map(|a| format!("'{}'", visible(&a.username))).collect();
            let students: Vec<_> = conflict.students.iter().map(in_words).collect();
            let (reason, accounts, students) = (conflict.reason.as_str(), accounts.join(", "), students.join(", "));
            let _ = match conflict.reason {
                ConflictReason::UpnShared => writeln!(
                    out,
                    "  ? {reason}: {accounts} has the same name and UPN as student {students}, who gets no account"
                ),
                _ => writeln!(out, "  ? {reason}: account {accounts} and student {students}"),
            };
        }
        if !self.conflicts.is_empty() {
            out.push_str(CHOICES);
        }
    }

    fn show_near(&self, out: &mut String) {
        if !self.near.is_empty() {
            let _ = writeln!(
                out,
                "\nDecide whether these two are the same student (if you do not, the account leaves and the student joins)"
            );
        }
        for NearPair { account, student } in &self.near {
            let _ = writeln!(out, "  ? account '{}' and student {}", visible(&account.username), in_words(student));
        }
        if !self.near.is_empty() {
            out.push_str(CHOICES);
        }
    }

    fn show_erased(&self, out: &mut String) {
        if !self.erased_by_username.is_empty() {
            let _ = writeln!(
                out,
                "\nLeft out because of an erased username (check that this is not another child with the same name)"
            );
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

/// Explains the decisions that a person can make.
const CHOICES: &str = "  Choose 'same' if they are one student, who keeps the account and its password.\n  \
                       Choose 'different' if they are two students, each with an account.\n";

/// If at least this number of students have equal changes, the changes share a line.
const ALIKE: usize = 3;

/// Returns the text of a change without the student's name: `3 Elm → New 3 Elm`, `Year 3, 3 Elm → Year 4, 4 Elm; send
/// No → Yes`.
fn way(change: &Change<'_>) -> String {
    let (mut moves, mut others) = ([Vec::new(), Vec::new()], Vec::new());
    for field in change.fields() {
        let [old, new] = [field.old(), field.new_value()].map(|value| match value.as_str() {
            "" => "(none)".to_owned(),
            text => visible(text).into_owned(),
        });
        match field.name() {
            "year_group" | "class_name" => {
                moves[0].push(old);
                moves[1].push(new);
            }
            name => others.push(format!("{} {old} → {new}", name.replace('_', " "))),
        }
    }
    let [from, to] = moves.map(|texts| texts.join(", "));
    let moved = (!from.is_empty()).then(|| format!("{from} → {to}"));
    moved.into_iter().chain(others).collect::<Vec<_>>().join("; ")
}

fn in_whole_words(kind: ChangeKind) -> [&'static str; 2] {
    match kind {
        ChangeKind::Join => ["new student", "new students"],
        ChangeKind::Leave => ["leaver", "leavers"],
        ChangeKind::Return => ["returns", "return"],
        ChangeKind::Relink => ["gets a new MIS id", "get a new MIS id"],
        ChangeKind::Rename => ["gets a new username", "get a new username"],
        ChangeKind::Move => ["changes class or year", "change class or year"],
        ChangeKind::Update => ["other change", "other changes"],
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
    for (index, field) in change.fields().filter(|field| field.name() != "active").enumerate() {
        let before = if index == 0 { ": " } else { "; " };
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

/// Returns a student's name, year and class.
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

/// Returns a number with commas between the thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
