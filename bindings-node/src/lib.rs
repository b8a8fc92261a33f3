//! The module in Rust beneath the Node package: it translates `onroll`, and holds no rules.
//!
//! Numbers, texts, bytes and JSON cross the boundary; the package in `lib/` makes of them the objects that a user sees. An error
//! crosses as JSON too (see `error`).

#![allow(unreachable_pub)] // what `napi` makes public, no other crate sees
#![cfg_attr(test, allow(dead_code))] // `napi` registers nothing in tests

mod accounts;
mod call;
mod choices;
mod columns;
mod command;
mod error;
mod job;
mod mapping;
mod mylogin;
mod plan;
mod printing;
mod read;
mod save;
mod sign_in;
mod snapshot;
mod testing;
mod values;
mod wonde;
