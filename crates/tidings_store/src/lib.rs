//! What Tidings needs of a store: one trait, one method for each business step, one transaction each.
//!
//! The trait [`Store`] is made of parts, one for each topic, in `store/`. It hides which engine keeps
//! the rows. There is no `begin`: a transaction never spans two calls, so nobody can wait for the
//! network inside one. The `conformance` suite is written against it and runs on every engine.

mod asking;
mod audit;
pub mod checkup;
pub mod commit;
pub mod configuration;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod copy;
pub mod directory;
pub mod error;
pub mod faults;
pub mod handover;
pub mod inboxes;
mod jobs;
pub mod messages;
mod nodes;
mod notes;
mod old_hashes;
mod polling;
mod records;
mod secrets;
mod store;
pub mod target;
pub mod traffic;

pub use asking::{Answered, AskFuture, Asked, Asks};
pub use audit::{Audited, Ended, FoundBy, ListEntries};
pub use configuration::*;
pub use error::StoreError;
pub use handover::{
    Admission, AdmitFuture, Forward, ForwardFuture, Handed, Handover, InHand, Permit, Place,
    TestFuture,
};
pub use inboxes::*;
pub use jobs::*;
pub use messages::*;
pub use nodes::{Balance, Creditor};
pub use notes::{Audit, Note, Told};
pub use old_hashes::{old_hashes_from_bytes, old_hashes_to_bytes};
pub use polling::*;
pub use records::*;
pub use secrets::{secrets_from_rows, secrets_to_text};
pub use store::*;
