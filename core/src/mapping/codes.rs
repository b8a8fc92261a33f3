//! The certainty of a decision (`Certainty`), and the kinds of questions (`QuestionKind`), as codes. They are also in
//! `bindings-node/lib/shared/detection.ts` and `bindings-python/python/onroll/types.py`.

use crate::code::coded;

/// How certain a decision is.
///
/// ```
/// use onroll::mapping::Certainty;
/// use onroll::Reader;
/// let detected = Reader::new().detect_bytes(b"Forename,Surname,Year,Reg,Sex,FSM\nZoe,Okafor,5,5A,F,N\n".as_slice())?;
/// for column in detected.columns().iter().filter(|column| !column.certainty.is_sure()) {
///     println!("{}: {} ({})", column.target, column.reason, column.certainty.as_str());
/// }
/// assert_eq!(Certainty::ALL.map(Certainty::is_sure), [true, true, false, false]);
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums)] // every decision has one of these four
pub enum Certainty {
    /// The text is written as in the template.
    Exact,
    /// The text differs from the template, but has only one meaning.
    Safe,
    /// The meaning is probable, and a person must confirm it.
    Guess,
    /// The meaning is unknown, and a person must choose it.
    Unknown,
}

impl Certainty {
    /// All four certainties, from most to least certain.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Safe, Self::Guess, Self::Unknown];

    /// Returns `"exact"`, `"safe"`, `"guess"` or `"unknown"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Safe => "safe",
            Self::Guess => "guess",
            Self::Unknown => "unknown",
        }
    }

    /// Returns whether the decision is certain, so no person needs to confirm it.
    pub fn is_sure(self) -> bool {
        self <= Self::Safe
    }
}

/// The subject of a question.
///
/// ```
/// use onroll::mapping::QuestionKind;
/// use onroll::Reader;
/// let detected = Reader::new().detect_bytes(b"Forename,Surname,Year,Reg,Sex,FSM\nZoe,Okafor,5,5A,F,N\n".as_slice())?;
/// for question in detected.questions() {
///     match question.kind {
///         QuestionKind::ConfirmColumn => println!("{} Choices: {}", question.text, question.choices.join(", ")),
///         kind => println!("{}: {}", kind.as_str(), question.text),
///     }
/// }
/// assert_eq!(detected.questions().len(), 1);
/// assert!(QuestionKind::ALL.contains(&detected.questions()[0].kind));
/// # Ok::<(), onroll::ReadError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum QuestionKind {
    /// The file has no recognisable heading row.
    NoHeadings,
    /// A required column was not found.
    MissingColumn,
    /// Several columns fit a target.
    WhichColumn,
    /// A column probably fits a target.
    ConfirmColumn,
    /// The meaning of a coded value is not certain.
    Value,
    /// The file differs from the file for which the stored mapping was made.
    Changed,
    /// A workbook has several sheets with students.
    WhichSheet,
}

impl QuestionKind {
    /// Every kind of question, in the order in which they are asked.
    pub const ALL: [Self; 7] = [
        Self::NoHeadings,
        Self::MissingColumn,
        Self::WhichColumn,
        Self::ConfirmColumn,
        Self::Value,
        Self::Changed,
        Self::WhichSheet,
    ];

    /// Returns the kind in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoHeadings => "no-headings",
            Self::MissingColumn => "missing-column",
            Self::WhichColumn => "which-column",
            Self::ConfirmColumn => "confirm-column",
            Self::Value => "value",
            Self::Changed => "changed",
            Self::WhichSheet => "which-sheet",
        }
    }
}

coded!(Certainty: "certainty", QuestionKind: "kind of question");
