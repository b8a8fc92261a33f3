//! The Rust module of the Node package. It converts between JavaScript and the crate `onroll`, and contains no rules.
//!
//! Numbers, texts, bytes and JSON cross the boundary. The code in `lib/` turns them into the objects that a user sees.
//! Errors cross the boundary as JSON too (see `error`).

#![allow(unreachable_pub)] // `napi` makes items public, but no other crate uses them
#![cfg_attr(test, allow(dead_code))] // tests register no functions with `napi`

mod accounts;
mod call;
mod choices;
mod columns;
mod command;
mod error;
mod input;
mod job;
mod mapping;
mod mylogin;
mod plan;
mod printing;
mod read;
mod report;
mod roster;
mod save;
mod sign_in;
mod snapshot;
mod testing;
mod values;
mod watch;
mod wonde;
