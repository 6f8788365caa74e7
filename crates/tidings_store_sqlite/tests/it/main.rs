//! The embedded store against the suite that every store must pass, and what only this one promises.

mod conformance;
mod support;
