//! Integrations: programs that act in one application for as long as their key is good.

use subtle::ConstantTimeEq as _;

use crate::clock::Millis;
use crate::ids::IntegrationId;

/// An integration of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its id, whose number is part of its key.
    pub id: IntegrationId,
    /// The environment of its application, by number.
    pub environment: i64,
    /// Its application, by number.
    pub application: i64,
    /// What people call it.
    pub name: String,
    /// Event types with one of these are shown to it.
    pub feature_flags: Vec<String>,
    /// SHA-256 of its key; none until it is given one.
    pub hash: Option<[u8; 32]>,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
}

impl Integration {
    /// Its number.
    pub fn ordinal(&self) -> i64 {
        self.id.seq()
    }

    /// Whether this is the hash of its key. Takes the same time whatever differs.
    pub fn has_key(&self, hash: &[u8; 32]) -> bool {
        self.hash.is_some_and(|own| own.ct_eq(hash).into())
    }
}

/// A change to an integration; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntegrationPatch {
    /// The new name.
    pub name: Option<String>,
    /// The new feature flags.
    pub feature_flags: Option<Vec<String>>,
    /// SHA-256 of the new key.
    pub hash: Option<[u8; 32]>,
}

impl IntegrationPatch {
    /// Makes the change.
    pub fn apply(self, integration: &mut Integration, now: Millis) {
        if let Some(name) = self.name {
            integration.name = name;
        }
        if let Some(flags) = self.feature_flags {
            integration.feature_flags = flags;
        }
        integration.hash = self.hash.or(integration.hash);
        integration.updated_at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_leaves_what_it_does_not_name_and_an_integration_without_a_key_has_none() {
        let mut integration = Integration {
            id: IntegrationId::new(1, 0, 2, 3),
            environment: 1,
            application: 1,
            name: "a".to_owned(),
            feature_flags: vec!["beta".to_owned()],
            hash: None,
            created_at: 1,
            updated_at: 1,
        };
        assert!(!integration.has_key(&[0; 32]));
        let patch = IntegrationPatch {
            hash: Some([1; 32]),
            ..IntegrationPatch::default()
        };
        patch.apply(&mut integration, 2);
        assert!(integration.has_key(&[1; 32]) && !integration.has_key(&[2; 32]));
        let patch = IntegrationPatch {
            name: Some("b".to_owned()),
            ..IntegrationPatch::default()
        };
        patch.apply(&mut integration, 3);
        assert_eq!(integration.name, "b");
        assert_eq!(integration.feature_flags, ["beta"]);
        assert_eq!(integration.hash, Some([1; 32]));
        assert_eq!(integration.updated_at, 3);
    }
}
