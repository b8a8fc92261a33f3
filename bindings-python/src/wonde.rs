//! The list of the classes of `onroll.wonde`, which are in submodules. `python/onroll/wonde.py` has the async client.

mod access;
mod access_check;
mod calls;
mod client;
mod locks;
mod schedule;
mod school;
mod snapshot;
mod webhooks;

pub(crate) use access::Access;
pub(crate) use access_check::{AccessCheck, FieldCheck};
pub(crate) use client::Client;
pub(crate) use locks::{Locks, wonde_busy};
pub(crate) use schedule::Schedule;
pub(crate) use school::School;
pub(crate) use snapshot::{Snapshot, SnapshotWarning};
pub(crate) use webhooks::{Token, Webhook, same_secret, webhook};
