//! What tests are made of: the real program in a process of its own ([`TestApp`]), endpoints that do what
//! they are told ([`Receiver`]), the rig that kills the one while the other counts ([`rig`]), and clusters of
//! PostgreSQL ([`postgres`]) with the faults that they may have ([`faults`]).
//!
//! Everything here is black box: it talks HTTP to the program, reads what it prints, and sends it signals.
//! Nothing of it is in the product. A failed expectation panics, for a panic is how a test fails.
#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed unwrap is a failed test"
)]

pub mod app;
pub mod chance;
pub mod client;
mod event_stream;
pub mod faults;
pub mod identity_provider;
pub mod postgres;
pub mod program;
pub mod receiver;
pub mod rig;
pub mod signature;
pub mod tls;
pub mod token_server;
pub mod tools;
pub mod wait;

pub use app::TestApp;
pub use client::{Answer, Client};
pub use event_stream::EventStream;
pub use program::{Program, Server};
pub use receiver::{Received, Receiver, Reply};
pub use rig::Verdict;
