//! The sender against a scripted receiver.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails the test that calls it"
)]

mod cases;
mod credentials;
mod fixtures;
mod formats;
mod guard;
mod pooling;
mod receiver;
mod redirects;
mod requests;
mod responses;
mod tls;
mod tokens;
mod walls;
