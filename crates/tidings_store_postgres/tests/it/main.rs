//! Tests against a PostgreSQL of their own.

#![expect(
    clippy::panic,
    reason = "a test that cannot get its database has failed"
)]

mod carried;
mod conformance;
mod copy;
mod distribution;
mod doubt;
mod fan_out;
mod groups;
mod lines;
mod migrations;
mod nodes;
mod outage;
mod paused;
mod plans;
mod polling;
mod races;
mod retention;
mod rules;
mod statements;
