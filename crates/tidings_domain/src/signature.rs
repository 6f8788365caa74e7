//! Standard Webhooks signatures: secrets, signing and verifying, on bytes.
//!
//! What is signed is `id.timestamp.body`, and the body is whatever bytes are sent: it is never
//! parsed, re-serialised or required to be UTF-8. `v1` is HMAC-SHA256, `v1a` is Ed25519. Nothing
//! here reads the clock, and no secret is ever printed, in an error or otherwise.

mod secret;
mod sign;
mod verify;

pub use secret::{InvalidSecret, SECRET_BYTES_MAX, SECRET_BYTES_MIN, Secret};
pub use sign::SigningKeys;
pub use verify::{SIGNATURES_MAX, TOLERANCE_S, VerifyError, VerifyingKeys};
