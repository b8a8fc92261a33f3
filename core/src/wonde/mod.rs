//! Reads a school's students through Wonde as a roster. Also tracks the school's access, and schedules its nightly
//! syncs.
//!
//! Wonde reads a school's MIS and serves its data over HTTPS. This module only computes. A [`Call`] says which request
//! comes next, and you pass each response to it. An [`Adapter`](crate::adapter::Adapter) sends the requests.

mod access;
mod access_check;
mod address;
mod call;
mod client;
mod contact;
mod error;
mod fields;
mod includes;
mod lock;
mod loose;
mod model;
mod options;
mod pages;
mod read;
mod roster;
mod schedule;
mod schools;
mod snapshot;
mod stored;
mod webhook;

pub use access::{Access, AccessEvent, AccessState, Task};
pub use access_check::{AccessCheck, FieldCheck, FieldState};
pub use call::{Call, Progress};
pub use client::Client;
pub use contact::Contact;
pub use error::WondeError;
pub use lock::{AsyncLock, Exclusive, Lock, Locks, exclusively};
pub use options::{ClassFrom, EmailFrom, NamesFrom, Options, OptionsError};
pub use schedule::{Run, Schedule, ScheduleError, Sync};
pub use schools::{School, Search};
pub use snapshot::{Snapshot, SnapshotWarning};
pub use webhook::{Token, Webhook, WebhookError, WebhookKind};

pub use crate::text::same_secret;
