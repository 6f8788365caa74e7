//! Portal sessions: who may act in one application for a while, and how they are recognised.
//!
//! A session has up to two tokens: one for the product that asked for it, and one for whoever opens its link.
//! The link holds neither; it has a code that is exchanged once. Of all three a store keeps the SHA-256.

use subtle::{Choice, ConstantTimeEq as _};

use crate::access::Capabilities;
use crate::clock::Millis;

/// The least time that a session is asked for, in seconds.
pub const EXPIRY_SECS_MIN: u32 = 3_600;
/// The most, and what it is unless somebody says otherwise.
pub const EXPIRY_SECS_MAX: u32 = 7 * 24 * 3_600;
/// Longest session id, in characters.
pub const SESSION_ID_CHARS_MAX: usize = 64;
/// How long sessions that have ended are kept, so that their links can say that they have.
pub const ENDED_KEPT_FOR_MS: Millis = 7 * 24 * 3_600_000;

/// A portal session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its number, which is chance of 63 bits and part of its tokens.
    pub ordinal: i64,
    /// The environment of its application, by number.
    pub environment: i64,
    /// Its application, by number.
    pub application: i64,
    /// The product's own name for it; several may have the same.
    pub session_id: Option<String>,
    /// What it may do.
    pub capabilities: Capabilities,
    /// Event types with one of these are shown to it.
    pub feature_flags: Vec<String>,
    /// SHA-256 of the token that the product was given.
    pub hash: [u8; 32],
    /// SHA-256 of the code in the link.
    pub link_hash: [u8; 32],
    /// When the link was used, and the SHA-256 of the token that was given for it.
    pub link_used: Option<LinkUsed>,
    /// When it was made.
    pub created_at: Millis,
    /// From when on it is refused.
    pub expires_at: Millis,
    /// Since when it is refused because somebody has logged out.
    pub revoked_at: Option<Millis>,
}

/// That a link was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkUsed {
    /// When.
    pub at: Millis,
    /// SHA-256 of the token that was given for it.
    pub hash: [u8; 32],
}

impl Session {
    /// Whether it is not refused.
    pub fn is_in_force(&self, now: Millis) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }

    /// Whether this is the hash of one of its tokens. Takes the same time whatever differs.
    pub fn has_token(&self, hash: &[u8; 32]) -> bool {
        let is_first = self.hash.ct_eq(hash);
        let is_second = self.link_used.map(|used| used.hash.ct_eq(hash));
        (is_first | is_second.unwrap_or(Choice::from(0))).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            ordinal: 1,
            environment: 1,
            application: 1,
            session_id: None,
            capabilities: Capabilities::all(),
            feature_flags: Vec::new(),
            hash: [1; 32],
            link_hash: [2; 32],
            link_used: None,
            created_at: 0,
            expires_at: 100,
            revoked_at: None,
        }
    }

    #[test]
    fn a_session_ends_by_itself_or_when_somebody_ends_it() {
        let mut session = session();
        assert!(session.is_in_force(99));
        assert!(!session.is_in_force(100));
        session.revoked_at = Some(50);
        assert!(!session.is_in_force(60));
    }

    #[test]
    fn the_code_of_a_link_is_no_token_and_what_it_is_exchanged_for_is() {
        let mut session = session();
        assert!(session.has_token(&[1; 32]));
        assert!(!session.has_token(&[2; 32]));
        assert!(!session.has_token(&[3; 32]));
        session.link_used = Some(LinkUsed {
            at: 1,
            hash: [3; 32],
        });
        assert!(session.has_token(&[1; 32]));
        assert!(session.has_token(&[3; 32]));
    }
}
