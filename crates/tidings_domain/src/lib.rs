//! The rules of Tidings: ids, endpoints, messages, deliveries, retries, signatures and addresses.
//!
//! No I/O, no async, no SQL and no HTTP here; time and chance come in as arguments. Everything that
//! decides something lives in this crate, everything that does something lives in another.

pub mod access;
pub mod address_policy;
pub mod api_key;
pub mod application;
pub mod audit;
pub mod body_format;
pub mod breaker;
pub mod button;
pub mod clock;
pub mod co_signature;
pub mod credentials;
pub mod delivery;
pub mod endpoint;
pub mod event_type;
pub mod filter;
pub mod health;
pub mod ids;
pub mod inbox;
pub mod integration;
pub mod job;
pub mod language;
pub mod member;
pub mod message;
pub mod names;
pub mod operational;
pub mod pace;
pub mod password;
pub mod plan;
pub mod record;
pub mod retry;
pub mod sample;
pub mod schema;
pub mod sealed;
pub mod session;
pub mod signature;
pub mod slot;
pub mod theme;
