//! What to ask Wonde, and what it means: a school's students to a roster, its access, its nights.
//!
//! Wonde reads a school's MIS and serves it over HTTPS. Everything here is calculation: a [`Call`] says which request comes
//! next and takes each response; an [`Adapter`](crate::Adapter) does the exchange.

mod access;
mod address;
mod call;
mod client;
mod error;
mod lock;
mod map;
mod model;
mod pages;
mod read;
mod schedule;
mod snapshot;
mod webhook;

pub use access::{Access, AccessEvent, AccessState, School, Search, Task};
pub use call::{Call, Progress};
pub use client::{Client, Contact};
pub use error::WondeError;
pub use lock::{AsyncLock, Exclusive, Lock, Locks, exclusively};
pub use map::{ClassFrom, EmailFrom, Mapping, NamesFrom};
pub use schedule::{Run, Schedule, ScheduleError, Sync};
pub use snapshot::Snapshot;
pub use webhook::{Token, Webhook, WebhookError, WebhookKind};

pub use crate::text::same_secret;
