//! Why there is no answer from Wonde.

use crate::adapter::Fault;

/// Why there is no answer from Wonde. Nothing was changed anywhere, and there is no part of an answer.
///
/// Its text is for logs: it holds no token and nobody's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WondeError {
    /// `invalid-token`: blank, or with characters that no token has. Nothing was sent.
    #[error("the token is blank, or has characters that no token has; nothing was sent")]
    InvalidToken,
    /// `invalid-school`: no id of a school. Nothing was sent.
    #[error("a school's id is letters and digits, such as A1329183376; nothing was sent")]
    InvalidSchool,
    /// `invalid-domain`: not one of Wonde's. Nothing was sent.
    #[error(
        "this is not a domain of Wonde's, such as api.wonde.com; one of the host's own must be said to be so; nothing was sent"
    )]
    InvalidDomain,
    /// `invalid-search`: a search for nothing. Nothing was sent.
    #[error("a search needs a postcode, an establishment number, a local authority or a URN; nothing was sent")]
    InvalidSearch,
    /// `busy`: another sync of this school is under way.
    #[error("another sync of this school is under way")]
    Busy,
    /// One request failed, after all tries.
    #[error("page {page} of {list} could not be read from Wonde: {fault}{}", tried(*.tries))]
    Exchange {
        /// What was being read: `students`, `deletions`, …
        list: &'static str,
        /// Which page of it, counted from 1.
        page: u32,
        /// How often it was tried.
        tries: u32,
        /// What went wrong the last time.
        fault: Fault,
    },
    /// `wrong-shape`: JSON, but not what Wonde answers.
    #[error("page {page} of {list} from Wonde is not of the shape it should be: {what}")]
    WrongShape {
        /// What was being read.
        list: &'static str,
        /// Which page of it, counted from 1.
        page: u32,
        /// What is missing or otherwise.
        what: &'static str,
    },
    /// `next-missing`: there is more, and Wonde does not say where.
    #[error("page {page} of {list} says that there is more, and not where")]
    NextMissing {
        /// What was being read.
        list: &'static str,
        /// Which page of it, counted from 1.
        page: u32,
    },
    /// `next-elsewhere`: the next page would be on another host or not over TLS. The token was not sent there.
    #[error("page {page} of {list} names a next page on another host or without TLS; nothing was sent there")]
    NextElsewhere {
        /// What was being read.
        list: &'static str,
        /// Which page of it, counted from 1.
        page: u32,
    },
    /// `page-repeated`: pages come again and again, with nothing new on them.
    #[error("page {page} of {list} repeats what was read before, and so it would go on for ever")]
    PageRepeated {
        /// What was being read.
        list: &'static str,
        /// Which page of it, counted from 1.
        page: u32,
    },
    /// `too-many`: more than any school has.
    #[error("{list} goes on after page {page}, which is more than any school has")]
    TooMany {
        /// What was being read.
        list: &'static str,
        /// Which page of it, counted from 1.
        page: u32,
    },
    /// `drifting`: students came and went while they were read, each time anew.
    #[error("the students of the school changed each time they were read, {readings} times; try again later")]
    Drifting {
        /// How often all were read.
        readings: u32,
    },
    /// `count-differs`: Wonde lists another number of students than it counts.
    #[error("Wonde lists {listed} students and counts {counted}")]
    CountDiffers {
        /// How many it lists.
        listed: u64,
        /// How many it says there are.
        counted: u64,
    },
    /// `no-students`: a school without students is a wrong domain, a lost permission or an outage, and never a school.
    #[error("Wonde lists no students at all; that is an outage, a wrong domain or a lost permission, and no school")]
    NoStudents,
    /// `ended`: the call was done, and was asked to go on.
    #[error("this call has ended, and its result was given")]
    Ended,
    /// `refused`: Wonde answered that it did not do what was asked.
    #[error("Wonde did not do it{}", .state.as_deref().map(|state| format!(": the state is '{state}'")).unwrap_or_default())]
    Refused {
        /// The state it says the school's access is in.
        state: Option<String>,
    },
}

/// How often, where it was more than once.
fn tried(tries: u32) -> String {
    if tries > 1 { format!(" ({tries} times)") } else { String::new() }
}

impl WondeError {
    /// `"wonde"`
    pub fn code(&self) -> &'static str {
        "wonde"
    }

    /// Which error it is, in kebab-case; of a request that failed, [`Fault::as_str`].
    pub fn reason(&self) -> &'static str {
        match self {
            Self::InvalidToken => "invalid-token",
            Self::InvalidSchool => "invalid-school",
            Self::InvalidDomain => "invalid-domain",
            Self::InvalidSearch => "invalid-search",
            Self::Busy => "busy",
            Self::Exchange { fault, .. } => fault.as_str(),
            Self::WrongShape { .. } => "wrong-shape",
            Self::NextMissing { .. } => "next-missing",
            Self::NextElsewhere { .. } => "next-elsewhere",
            Self::PageRepeated { .. } => "page-repeated",
            Self::TooMany { .. } => "too-many",
            Self::Drifting { .. } => "drifting",
            Self::CountDiffers { .. } => "count-differs",
            Self::NoStudents => "no-students",
            Self::Ended => "ended",
            Self::Refused { .. } => "refused",
        }
    }

    /// What was being read, and which page of it, counted from 1.
    pub fn page(&self) -> Option<(&'static str, u32)> {
        match *self {
            Self::Exchange { list, page, .. }
            | Self::WrongShape { list, page, .. }
            | Self::NextMissing { list, page }
            | Self::NextElsewhere { list, page }
            | Self::PageRepeated { list, page }
            | Self::TooMany { list, page } => Some((list, page)),
            _ => None,
        }
    }

    /// In how many seconds Wonde says that it may be asked again.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Exchange { fault: Fault::RateLimited { retry_after: Some(time) }, .. } => Some(time.as_secs()),
            _ => None,
        }
    }
}
