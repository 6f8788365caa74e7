//! The embedded store against the suite that every store must pass, and what only this one promises.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what helpers of tests find wrong fails the test"
)]

mod conformance;
mod data_folder;
mod fan_out;
mod full_disk;
mod mark;
mod support;
