//! Signing secrets of endpoints: showing the current one, and replacing it while the old one still
//! signs for a while.

use std::time::Duration;

use tidings_domain::audit::Action;
use tidings_domain::clock::Millis;
use tidings_domain::endpoint::{Endpoint, EndpointPatch, SealedSecret};
use tidings_domain::sealed::Purpose;
use tidings_domain::signature::Secret;
use tidings_store::target::{context, open_secrets};
use tidings_store::{Dedup, EndpointUpdate, Written};
use zeroize::Zeroizing;

use super::{NOT_FOUND, touched};
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::{GRACE_PERIOD_MAX, OLD_SECRETS_MAX, RETRY_AFTER_BUSY, STALE_RETRIES_MAX};
use crate::{Caller, Service};

/// A secret as the endpoint's owner needs it to verify.
pub type ShownSecret = Zeroizing<String>;

/// A request to replace the secret.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The new secret; made if none is given.
    pub key: Option<String>,
    /// How long the old one still signs.
    pub grace_period: Duration,
}

impl Service {
    /// The current secret of an endpoint.
    pub async fn secret(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<ShownSecret, ServiceError> {
        let (_, target) = self.target(caller, application, name).await?;
        self.shown_secret(&target.endpoint)
    }

    /// Replaces the secret of an endpoint; the old one still signs beside the new one for a while.
    pub async fn rotate_secret(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        rotation: Rotation,
        dedup: Option<Dedup>,
    ) -> Result<ShownSecret, ServiceError> {
        let mut problems = Problems::default();
        if rotation.grace_period > GRACE_PERIOD_MAX {
            let msg = "must lie between 0 and 604800";
            problems.push(FieldProblem::body("gracePeriodSeconds", msg));
        }
        let secret = match &rotation.key {
            Some(text) => parse_secret("key", text, &mut problems),
            None => Some(Secret::generate(&*self.entropy)),
        };
        problems.finish()?;
        let secret = secret.ok_or(NOT_FOUND)?;
        for _ in 0..STALE_RETRIES_MAX {
            let endpoint = self.endpoint(caller, application, name).await?;
            let now = self.now();
            let tail = endpoint.id.parts().tail;
            let new = self.seal_secret(endpoint.environment, tail, &secret);
            let patch = EndpointPatch {
                secrets: Some(rotate(new, &endpoint.secrets, rotation.grace_period, now)?),
                ..EndpointPatch::default()
            };
            let update = EndpointUpdate {
                ordinal: endpoint.id.seq(),
                patch,
                expected_version: Some(endpoint.version),
                now,
            };
            let (_, target) = self.target(caller, application, name).await?;
            let touched = touched(&target);
            let store = self
                .noting(caller, Action::EndpointRotateSecret, touched)
                .await?;
            let written = store.update_endpoint(update, dedup.clone()).await?;
            self.publish_change().await?;
            match written {
                Written::Done(changed) | Written::Replayed(Some(changed)) => {
                    return self.shown_secret(&changed);
                }
                Written::KeyReused => return Err(ServiceError::key_reused()),
                Written::Stale(_) => {}
                _ => return Err(NOT_FOUND),
            }
        }
        Err(ServiceError::Unavailable {
            retry_after: RETRY_AFTER_BUSY,
            source: None,
        })
    }

    pub(crate) fn shown_secret(&self, endpoint: &Endpoint) -> Result<ShownSecret, ServiceError> {
        let secrets = open_secrets(endpoint, &self.keyring)?;
        let (current, _) = secrets.first().ok_or(NOT_FOUND)?;
        Ok(current.shown())
    }

    pub(super) fn parse_or_make_secret(
        &self,
        given: Option<&str>,
        problems: &mut Problems,
    ) -> Option<Secret> {
        match given {
            Some(text) => parse_secret("secret", text, problems),
            None => Some(Secret::generate(&*self.entropy)),
        }
    }

    pub(crate) fn seal_secret(&self, environment: i64, tail: i64, secret: &Secret) -> SealedSecret {
        let context = context(environment, tail, Purpose::SigningSecret);
        let plain = secret.to_text();
        SealedSecret {
            sealed: self
                .keyring
                .seal(&*self.entropy, &context, plain.as_bytes()),
            expires_at: None,
        }
    }
}

fn parse_secret(field: &str, text: &str, problems: &mut Problems) -> Option<Secret> {
    match Secret::parse(text) {
        Ok(secret) => Some(secret),
        Err(error) => {
            problems.push(FieldProblem::body(field, error.to_string()));
            None
        }
    }
}

/// The secrets after a rotation: the new one, the one before it until its grace ends, and older ones
/// that have not run out.
fn rotate(
    new: SealedSecret,
    old: &[SealedSecret],
    grace_period: Duration,
    now: Millis,
) -> Result<Vec<SealedSecret>, ServiceError> {
    let grace_ms = i64::try_from(grace_period.as_millis()).unwrap_or(i64::MAX);
    let until = now.saturating_add(grace_ms);
    let mut kept: Vec<SealedSecret> = old
        .iter()
        .map(|secret| SealedSecret {
            sealed: secret.sealed.clone(),
            expires_at: secret.expires_at.or(Some(until)),
        })
        .filter(|secret| secret.expires_at.is_some_and(|at| at > now))
        .collect();
    if kept.len() > OLD_SECRETS_MAX {
        return Err(ServiceError::Refused {
            code: "limit_reached",
            detail: "10 replaced secrets of this endpoint still sign; wait until one runs out"
                .to_owned(),
        });
    }
    kept.insert(0, new);
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(name: u8, expires_at: Option<Millis>) -> SealedSecret {
        SealedSecret {
            sealed: vec![name],
            expires_at,
        }
    }

    #[test]
    fn the_replaced_secret_signs_until_its_grace_ends() {
        let old = [sealed(1, None), sealed(0, Some(900)), sealed(9, Some(100))];
        let rotated = rotate(sealed(2, None), &old, Duration::from_secs(1), 500).unwrap();
        assert_eq!(
            rotated,
            [sealed(2, None), sealed(1, Some(1500)), sealed(0, Some(900))]
        );
    }

    #[test]
    fn without_grace_the_replaced_secret_is_gone() {
        let rotated = rotate(sealed(2, None), &[sealed(1, None)], Duration::ZERO, 5).unwrap();
        assert_eq!(rotated, [sealed(2, None)]);
    }

    #[test]
    fn ten_replaced_secrets_may_sign_and_not_eleven() {
        let day = Duration::from_hours(24);
        let mut secrets = vec![sealed(0, None)];
        for name in 1..=10 {
            secrets = rotate(sealed(name, None), &secrets, day, 0).unwrap();
        }
        assert_eq!(secrets.len(), 11);
        assert!(rotate(sealed(11, None), &secrets, day, 0).is_err());
        // Once they have run out there is room again.
        let later = 24 * 60 * 60 * 1000;
        let rotated = rotate(sealed(11, None), &secrets, day, later).unwrap();
        assert_eq!(rotated.len(), 2);
    }
}
