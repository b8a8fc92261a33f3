//! Follows a paged list to its end on the same host, within a limit (`MOST_PAGES`). Decides how many rows a page has
//! (`PER_PAGE`).

use std::collections::HashSet;

use url::Url;

use crate::adapter::PendingRequest;

use super::call::JobError;
use super::error::WondeError;
use super::model::Pagination;

/// The number of rows that we request on each page.
pub(super) const PER_PAGE: &str = "200";
/// The largest number of pages in a list. No school's list is that long.
const MOST_PAGES: u32 = 5_000;
/// The largest number of consecutive pages without a new row. A list that changes while we read it may repeat a few
/// rows.
const MOST_BARREN: u32 = 2;

/// The progress of reading a list.
#[derive(Debug)]
pub(super) struct Pages {
    list: &'static str,
    first: Url,
    page: u32,
    requested: HashSet<String>,
    barren: u32,
    /// Whether Wonde pages by cursor. If it does, no row can move to another page.
    by_cursor: bool,
}

impl Pages {
    pub(super) fn of(first: Url, list: &'static str) -> Self {
        let requested = HashSet::from([first.as_str().to_owned()]);
        Self { list, first, page: 1, requested, barren: 0, by_cursor: true }
    }

    /// Returns the request for the first page.
    pub(super) fn ask(&self) -> PendingRequest {
        PendingRequest::get(self.first.clone(), self.list)
    }

    /// Returns the number of the current page, counted from 1.
    pub(super) fn page(&self) -> u32 {
        self.page
    }

    /// Returns whether we may have missed rows because students joined or left during reading. With a single page, or
    /// with cursors, we cannot miss rows.
    pub(super) fn may_have_drifted(&self) -> bool {
        self.page > 1 && !self.by_cursor
    }

    pub(super) fn wrong(&self, what: &'static str) -> JobError {
        WondeError::WrongShape { list: self.list, page: self.page, what }.into()
    }

    /// Returns the request for the page after this one, or `None` after the last page. `new_rows` is the number of new
    /// rows on this page.
    pub(super) fn after(
        &mut self,
        pagination: Option<Pagination>,
        new_rows: usize,
    ) -> Result<Option<PendingRequest>, WondeError> {
        let (list, page) = (self.list, self.page);
        let Some(pagination) = pagination else {
            // Only an answer with a single page may leave out the pagination. On a later page, a missing pagination
            // means that the answer was cut off.
            let what = "each page after the first should say whether another page follows";
            return if page == 1 { Ok(None) } else { Err(WondeError::WrongShape { list, page, what }) };
        };
        let next = pagination.next.get();
        if !pagination.more.is_true().unwrap_or(next.is_some()) {
            return Ok(None);
        }
        let next = next.ok_or(WondeError::NextMissing { list, page })?;
        let next = self.same_host(next).ok_or(WondeError::NextElsewhere { list, page })?;
        self.barren = if new_rows == 0 { self.barren + 1 } else { 0 };
        if self.barren > MOST_BARREN || !self.requested.insert(next.as_str().to_owned()) {
            return Err(WondeError::PageRepeated { list, page });
        }
        if page >= MOST_PAGES {
            return Err(WondeError::TooMany { list, page });
        }
        self.by_cursor &= next.query_pairs().any(|(name, value)| name == "cursor" && value != "true");
        self.page += 1;
        Ok(Some(PendingRequest { page: self.page, ..PendingRequest::get(next, list) }))
    }

    /// Returns the address if it has the scheme, host and port of the first page, and no user name or password.
    fn same_host(&self, next: &str) -> Option<Url> {
        let next = Url::parse(next).ok()?;
        let is_same = next.origin() == self.first.origin() && next.username().is_empty() && next.password().is_none();
        is_same.then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::super::loose::Include;
    use super::*;

    fn pages() -> Pages {
        Pages::of(Url::parse("https://api.wonde.com/v1.0/schools/A1/students?per_page=200").unwrap(), "students")
    }

    fn pagination(next: &str, more: &str) -> Option<Pagination> {
        Some(
            serde_json::from_str::<Include<Pagination>>(&format!(r#"{{"next": {next}, "more": {more}}}"#))
                .unwrap()
                .0
                .unwrap(),
        )
    }

    fn next(url: &str) -> Option<Pagination> {
        pagination(&format!("{url:?}"), "true")
    }

    #[test]
    fn follows_the_link_to_the_next_page_only_on_the_same_host() {
        for url in [
            "https://api.wonde.com.evil.example/v1.0/schools/A1/students?page=2",
            "https://evil.example/v1.0/schools/A1/students?page=2",
            "http://api.wonde.com/v1.0/schools/A1/students?page=2",
            "https://api.wonde.com:8443/v1.0/schools/A1/students?page=2",
            "https://me@api.wonde.com/v1.0/schools/A1/students?page=2",
            "https://api.wonde.com@evil.example/students?page=2",
            "https://api.wonde.com\\@evil.example/students?page=2x",
            "//api.wonde.com/students?page=2",
            "/v1.0/schools/A1/students?page=2",
            "students?page=2",
            "javascript:alert(1)",
        ] {
            let after = pages().after(next(url), 1);
            let on_wonde =
                Url::parse(url).is_ok_and(|u| u.host_str() == Some("api.wonde.com") && u.scheme() == "https");
            let followed = matches!(&after, Ok(Some(ask)) if ask.url.host_str() == Some("api.wonde.com"));
            assert!(matches!(after, Err(WondeError::NextElsewhere { page: 1, .. })) || (on_wonde && followed), "{url}");
        }
        let good =
            pages().after(next("https://API.wonde.com:443/v1.0/schools/A1/students?page=2"), 1).unwrap().unwrap();
        assert_eq!((good.url.as_str(), good.page), ("https://api.wonde.com/v1.0/schools/A1/students?page=2", 2));
    }

    #[test]
    fn refuses_a_list_that_repeats_its_pages() {
        assert!(pages().after(None, 1).unwrap().is_none());
        let mut later = pages();
        later.after(next("https://api.wonde.com/2"), 1).unwrap();
        assert!(matches!(later.after(None, 1), Err(WondeError::WrongShape { page: 2, .. })));
        assert!(pages().after(pagination("\"https://api.wonde.com/2\"", "false"), 1).unwrap().is_none());
        assert!(pages().after(pagination("null", "null"), 1).unwrap().is_none());
        assert!(pages().after(pagination("\"https://api.wonde.com/2\"", "null"), 1).unwrap().is_some());
        assert!(matches!(pages().after(pagination("null", "true"), 1), Err(WondeError::NextMissing { .. })));
        // The list may not link to the same address twice, or to new addresses without new rows.
        let mut same = pages();
        assert!(same.after(next("https://api.wonde.com/2"), 1).is_ok());
        assert!(matches!(
            same.after(next("https://api.wonde.com/2"), 1),
            Err(WondeError::PageRepeated { page: 2, .. })
        ));
        let mut barren = pages();
        let mut follow = |n: u32| barren.after(next(&format!("https://api.wonde.com/{n}")), usize::from(n == 2));
        assert!((0..5).all(|n| follow(n).is_ok()));
        assert!(matches!(follow(5), Err(WondeError::PageRepeated { page: 6, .. })));
    }

    #[test]
    fn numbered_pages_may_miss_rows_but_pages_by_cursor_cannot() {
        let mut by_page = pages();
        assert!(!by_page.may_have_drifted());
        by_page.after(next("https://api.wonde.com/s?cursor=true&page=2"), 1).unwrap();
        assert!(by_page.may_have_drifted());
        let mut by_cursor = pages();
        by_cursor.after(next("https://api.wonde.com/s?cursor=eyJ"), 1).unwrap();
        assert!(!by_cursor.may_have_drifted());
    }
}
