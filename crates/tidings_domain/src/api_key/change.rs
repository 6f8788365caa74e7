//! What may be changed of an API key, and whether a text is taken at a time.

use super::ParsedKey;
use crate::access::Role;
use crate::application::{ApiKeyRecord, OldHash, set};
use crate::clock::Millis;
use crate::ids::ApiKeyId;

/// A change to an API key; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiKeyPatch {
    /// The new name.
    pub name: Option<String>,
    /// The new role.
    pub role: Option<Role>,
    /// The new end, or none.
    pub expires_at: Option<Option<Millis>>,
    /// The new limit, or none.
    pub rate_limit: Option<Option<u32>>,
    /// A new text.
    pub rotation: Option<Rotation>,
    /// Since when it is refused.
    pub revoked_at: Option<Millis>,
}

/// A new text of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// SHA-256 of the new text.
    pub hash: [u8; 32],
    /// Until when the text before it is taken as well.
    pub old_ends_at: Millis,
}

impl ApiKeyPatch {
    /// The key after the change. A key that was revoked keeps its time.
    pub fn apply(self, key: &mut ApiKeyRecord, now: Millis) {
        set(&mut key.name, self.name);
        set(&mut key.role, self.role);
        set(&mut key.expires_at, self.expires_at);
        set(&mut key.rate_limit, self.rate_limit);
        key.old_hashes.retain(|old| old.ends_at > now);
        if let Some(rotation) = self.rotation {
            if rotation.old_ends_at > now {
                let old = OldHash {
                    hash: key.hash,
                    ends_at: rotation.old_ends_at,
                };
                key.old_hashes.insert(0, old);
            }
            key.hash = rotation.hash;
        }
        key.revoked_at = key.revoked_at.or(self.revoked_at);
    }
}

impl ApiKeyRecord {
    /// Its public id.
    pub fn id(&self) -> ApiKeyId {
        ApiKeyId::of_ordinal(self.created_at, self.ordinal)
    }

    /// Whether it is taken at all at this time.
    pub fn is_in_force(&self, now: Millis) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|ends_at| now < ends_at)
    }

    /// Whether it may make and change keys at this time.
    pub fn manages_keys(&self, now: Millis) -> bool {
        self.role >= Role::Admin && self.is_in_force(now)
    }

    /// Whether this text opens its environment at this time.
    pub fn opens(&self, sent: &ParsedKey, now: Millis) -> bool {
        let is_old = |old: &OldHash| now < old.ends_at && sent.matches(&old.hash);
        self.is_in_force(now) && (sent.matches(&self.hash) || self.old_hashes.iter().any(is_old))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_key::ApiKey;
    use crate::clock::SeededEntropy;

    const NOW: Millis = 1_000_000;

    fn key(seed: u64) -> (ApiKeyRecord, ParsedKey) {
        let key = ApiKey::generate(7, &SeededEntropy::new(seed));
        let record = ApiKeyRecord {
            ordinal: 7,
            environment: 1,
            name: "a".to_owned(),
            hash: key.hash(),
            created_at: NOW,
            last_used_at: None,
            revoked_at: None,
            role: Role::Admin,
            expires_at: None,
            old_hashes: Vec::new(),
            rate_limit: None,
        };
        (record, ParsedKey::parse(key.text()).unwrap())
    }

    fn rotate(record: &mut ApiKeyRecord, to: &ParsedKey, old_ends_at: Millis, now: Millis) {
        let patch = ApiKeyPatch {
            rotation: Some(Rotation {
                hash: *to.hash(),
                old_ends_at,
            }),
            ..ApiKeyPatch::default()
        };
        patch.apply(record, now);
    }

    #[test]
    fn an_old_text_opens_until_its_grace_ends_and_the_new_one_at_once() {
        let ((mut record, first), (_, second), (_, third)) = (key(1), key(2), key(3));
        rotate(&mut record, &second, NOW + 10, NOW);
        assert!(record.opens(&first, NOW + 9) && record.opens(&second, NOW));
        assert!(!record.opens(&first, NOW + 10));
        rotate(&mut record, &third, NOW + 5, NOW + 5);
        assert!(record.opens(&third, NOW + 5) && record.opens(&first, NOW + 5));
        assert!(!record.opens(&second, NOW + 5), "it had no grace");
        rotate(&mut record, &first, NOW + 20, NOW + 15);
        assert_eq!(record.old_hashes.len(), 1, "what has ended is forgotten");
    }

    #[test]
    fn a_key_is_refused_once_it_has_expired_or_is_revoked() {
        let (mut record, text) = key(1);
        record.expires_at = Some(NOW + 10);
        assert!(record.opens(&text, NOW + 9));
        assert!(!record.opens(&text, NOW + 10));
        let revoke = |at| ApiKeyPatch {
            revoked_at: Some(at),
            expires_at: Some(None),
            ..ApiKeyPatch::default()
        };
        revoke(NOW + 1).apply(&mut record, NOW + 1);
        revoke(NOW + 2).apply(&mut record, NOW + 2);
        assert_eq!(record.revoked_at, Some(NOW + 1));
        assert!(!record.opens(&text, NOW));
    }
}
