//! The messages and codes of `WondeError`, for requests to Wonde. The codes are also in `bindings-node/lib/codes.ts`.

use crate::adapter::Fault;

/// The reason why Wonde did not answer completely. Nothing was changed, and no partial answer is returned.
///
/// Its text is for logs, and contains no token or personal data.
///
/// ```
/// use onroll::wonde::Client;
/// use onroll::adapter::{Request, Response};
/// let too_many = |_: Request| Ok(Response::new(404, "{}"));
/// let error = Client::new("token")?.schools(&too_many).unwrap_err();
/// assert_eq!((error.code(), error.reason(), error.page()), ("wonde", "not-found", Some(("schools", 1))));
/// assert_eq!(error.retry_after(), None); // seconds, after too many requests
/// # Ok::<(), onroll::wonde::WondeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WondeError {
    /// `invalid-token`: the token is blank or contains invalid characters. Nothing was sent.
    #[error("the token is blank or has invalid characters; nothing was sent")]
    InvalidToken,
    /// `invalid-school`: the text is not a school's id. Nothing was sent.
    #[error("a school's id must be letters and digits, such as A1329183376; nothing was sent")]
    InvalidSchool,
    /// `invalid-domain`: the domain does not belong to Wonde. Nothing was sent.
    #[error(
        "this is not one of Wonde's domains, such as api.wonde.com; to use another, allow any domain; nothing was sent"
    )]
    InvalidDomain,
    /// `invalid-search`: the search has no terms. Nothing was sent.
    #[error("a search needs a postcode, an establishment number, a local authority or a URN; nothing was sent")]
    InvalidSearch,
    /// `invalid-include`: the part is unknown. Nothing was sent.
    #[error(
        "an include must be education_details, extended_details, contact_details, classes, groups, year or registration; nothing was sent"
    )]
    InvalidInclude,
    /// `busy`: another sync of this school is running. Try again later.
    #[error("another sync of this school is running; try again later")]
    Busy,
    /// A request failed, after all retries.
    #[error("page {page} of {list} could not be read from Wonde: {fault}{}", tried(*.tries))]
    Exchange {
        /// The list that was being read: `students`, `deletions`, …
        list: &'static str,
        /// The page, counted from 1.
        page: u32,
        /// The number of tries.
        tries: u32,
        /// The last failure.
        fault: Fault,
    },
    /// `wrong-shape`: the response is JSON, but differs from Wonde's documentation.
    #[error("page {page} of {list} from Wonde has the wrong shape: {what}")]
    WrongShape {
        /// The list that was being read.
        list: &'static str,
        /// The page, counted from 1.
        page: u32,
        /// How the response differs from the expected shape.
        what: &'static str,
    },
    /// `next-missing`: the list continues, but Wonde does not give the address of the next page.
    #[error("page {page} of {list} has no link to the next page")]
    NextMissing {
        /// The list that was being read.
        list: &'static str,
        /// The page, counted from 1.
        page: u32,
    },
    /// `next-elsewhere`: the next page is on another host or without TLS. The token was not sent there.
    #[error("page {page} of {list} links to another host or has a link without TLS; nothing was sent there")]
    NextElsewhere {
        /// The list that was being read.
        list: &'static str,
        /// The page, counted from 1.
        page: u32,
    },
    /// `page-repeated`: Wonde returned the same pages again, without anything new.
    #[error("page {page} of {list} repeats an earlier page, so the list would never end")]
    PageRepeated {
        /// The list that was being read.
        list: &'static str,
        /// The page, counted from 1.
        page: u32,
    },
    /// `too-many`: the list is longer than any real school's list.
    #[error("{list} continues after page {page}, which is more than any school has")]
    TooMany {
        /// The list that was being read.
        list: &'static str,
        /// The page, counted from 1.
        page: u32,
    },
    /// `drifting`: we read the list several times, and each time students joined or left while we read.
    #[error("the school's students changed during each of {readings} readings; try again later")]
    Drifting {
        /// The number of readings.
        readings: u32,
    },
    /// `count-differs`: Wonde's count differs from its list of students.
    #[error("Wonde lists {listed} students but counts {counted}")]
    CountDiffers {
        /// The number of students in the list.
        listed: u64,
        /// The number that Wonde states.
        counted: u64,
    },
    /// `no-students`: the list is empty. The cause is always a wrong domain, a lost permission or an outage.
    #[error("Wonde lists no students; check the domain and the permissions of the token, or try again later")]
    NoStudents,
    /// `ended`: the call had already ended.
    #[error("this call has ended and returned its result")]
    Ended,
    /// `refused`: Wonde refused the request.
    #[error("Wonde did not accept the request{}", .state.as_deref().map(|state| format!(": the state is '{state}'")).unwrap_or_default())]
    Refused {
        /// The state of the school's access, according to Wonde.
        state: Option<String>,
    },
}

/// Returns the number of tries as text, if there was more than one try.
fn tried(tries: u32) -> String {
    if tries > 1 { format!(" (tried {tries} times)") } else { String::new() }
}

impl WondeError {
    /// Returns `"wonde"`.
    pub fn code(&self) -> &'static str {
        "wonde"
    }

    /// Returns the kind of error in kebab-case. For a failed request, it is [`Fault::as_str`].
    pub fn reason(&self) -> &'static str {
        match self {
            Self::InvalidToken => "invalid-token",
            Self::InvalidSchool => "invalid-school",
            Self::InvalidDomain => "invalid-domain",
            Self::InvalidSearch => "invalid-search",
            Self::InvalidInclude => "invalid-include",
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

    /// Returns the name of the list that was being read, and the number of the page, counted from 1.
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

    /// Returns the number of seconds after which Wonde accepts another request.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Exchange { fault: Fault::RateLimited { retry_after: Some(time) }, .. } => Some(time.as_secs()),
            _ => None,
        }
    }
}
