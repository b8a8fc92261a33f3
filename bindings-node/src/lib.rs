//! The module in Rust beneath the Node package: it translates `onroll`, and holds no rule of its own.
//!
//! What crosses is numbers, texts, bytes and JSON; the package in `lib/` makes of them what a user sees. An error
//! crosses as JSON too (see `error`).

#![allow(unreachable_pub)] // what `napi` makes public, no other crate sees
#![cfg_attr(test, allow(dead_code))] // `napi` registers nothing in tests

mod accounts;
mod call;
mod columns;
mod error;
mod job;
mod mylogin;
mod plan;
mod read;
mod save;
mod sign_in;
mod snapshot;
mod values;
mod wonde;
