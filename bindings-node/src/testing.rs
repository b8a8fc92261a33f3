//! The fake Wonde of `onroll/testing`.

use napi::Result;
use napi_derive::napi;

/// A small copy of Wonde and MyLogin on loopback, which listens until it is closed.
#[napi]
pub struct FakeWonde(Option<onroll::testing::FakeWonde>);

#[napi]
impl FakeWonde {
    #[napi(factory, catch_unwind)]
    pub fn start(students: u32) -> Result<Self> {
        let fake = onroll::testing::FakeWonde::start(students as usize);
        fake.map(|fake| Self(Some(fake))).map_err(|error| crate::error::of_io(&error))
    }

    #[napi(catch_unwind)]
    pub fn domain(&self) -> String {
        self.0.as_ref().map(onroll::testing::FakeWonde::domain).unwrap_or_default()
    }

    /// Sends a command to the fake, and returns its answer; `None` after it is closed.
    #[napi(catch_unwind)]
    pub fn control(&self, wanted: String) -> Option<String> {
        self.0.as_ref().map(|fake| fake.control(&wanted))
    }

    #[napi(catch_unwind)]
    pub fn close(&mut self) {
        self.0 = None;
    }
}
