//! The headers that an endpoint's owner wants on each request. They are kept sealed, since they
//! often hold a password.

use tidings_domain::application::Metadata;
use tidings_domain::audit::Action;
use tidings_domain::endpoint::EndpointPatch;
use tidings_domain::sealed::Purpose;
use tidings_store::target::{context, open_credentials, open_headers};
use tidings_store::{EndpointUpdate, Written};

use super::co_signatures::Beside;
use super::credentials::check_clash;
use super::draft::check_header_map;
use super::{NOT_FOUND, touched};
use crate::error::{Problems, ServiceError};
use crate::limits::{RETRY_AFTER_BUSY, STALE_RETRIES_MAX};
use crate::{Caller, Service};

/// Headers whose values are never shown again, in lower case.
const SENSITIVE: [&str; 8] = [
    "api-key",
    "apikey",
    "authorization",
    "cookie",
    "www-authenticate",
    "x-api-key",
    "x-auth-token",
    "x-access-token",
];

/// The headers of an endpoint as they may be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownHeaders {
    /// Names and values.
    pub headers: Metadata,
    /// Names whose values are kept back.
    pub sensitive: Vec<String>,
}

/// A change to the headers of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadersChange {
    /// These and no others.
    Replace(Metadata),
    /// These beside or instead of those of the same names.
    Merge {
        /// To be set.
        set: Metadata,
        /// To be removed.
        remove: Vec<String>,
    },
}

impl HeadersChange {
    fn apply(&self, headers: Metadata) -> Metadata {
        match self {
            Self::Replace(headers) => headers.clone(),
            Self::Merge { set, remove } => {
                let is_replaced = |name: &String| {
                    let same = |other: &String| other.eq_ignore_ascii_case(name);
                    remove.iter().any(same) || set.keys().any(same)
                };
                let kept = headers.into_iter().filter(|(name, _)| !is_replaced(name));
                kept.chain(set.clone()).collect()
            }
        }
    }
}

/// Puts those of the current headers that are never shown beside new ones, unless these have the same names.
pub(super) fn keep_hidden(headers: &mut Metadata, current: &Metadata) {
    let hidden = shown_headers(current).sensitive;
    let hidden = hidden.into_iter().filter(|name| {
        let same = |own: &String| own.eq_ignore_ascii_case(name);
        !headers.keys().any(same)
    });
    for name in hidden.collect::<Vec<_>>() {
        if let Some(value) = current.get(&name) {
            headers.insert(name, value.clone());
        }
    }
}

/// Headers, without the values that are secret.
pub(crate) fn shown_headers(headers: &Metadata) -> ShownHeaders {
    let mut shown = ShownHeaders::default();
    for (name, value) in headers {
        if SENSITIVE.contains(&name.to_ascii_lowercase().as_str()) {
            shown.sensitive.push(name.clone());
        } else {
            shown.headers.insert(name.clone(), value.clone());
        }
    }
    shown
}

impl Service {
    /// The headers of an endpoint, without the values that are secret.
    pub async fn headers(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<ShownHeaders, ServiceError> {
        let (_, target) = self.target(caller, application, name).await?;
        Ok(shown_headers(&target.headers))
    }

    /// Changes the headers of an endpoint.
    pub async fn change_headers(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        change: HeadersChange,
    ) -> Result<(), ServiceError> {
        self.check_has_webhooks(caller, application).await?;
        for _ in 0..STALE_RETRIES_MAX {
            let endpoint = self.endpoint(caller, application, name).await?;
            let headers = change.apply(open_headers(&endpoint, &self.keyring)?);
            let mut problems = Problems::default();
            check_header_map(&headers, &mut problems);
            let credentials = open_credentials(&endpoint, &self.keyring)?;
            check_clash(&headers, credentials.as_ref(), "headers", &mut problems);
            let beside = Beside {
                headers: &headers,
                credentials: credentials.as_ref(),
            };
            beside.check_clash(endpoint.co_signature.as_deref(), &mut problems);
            problems.finish()?;
            let tail = endpoint.id.parts().tail;
            let patch = EndpointPatch {
                headers: Some(self.seal_headers(endpoint.environment, tail, Some(&headers))),
                ..EndpointPatch::default()
            };
            let update = EndpointUpdate {
                ordinal: endpoint.id.seq(),
                patch,
                expected_version: Some(endpoint.version),
                now: self.now(),
            };
            let (_, target) = self.target(caller, application, name).await?;
            let touched = touched(&target);
            let store = self.noting(caller, Action::EndpointUpdate, touched).await?;
            let written = store.update_endpoint(update, None).await?;
            self.publish_change().await?;
            match written {
                Written::Done(_) => return Ok(()),
                Written::Stale(_) => {}
                _ => return Err(NOT_FOUND),
            }
        }
        Err(ServiceError::Unavailable {
            retry_after: RETRY_AFTER_BUSY,
            source: None,
        })
    }

    /// Seals the headers of an endpoint; no headers need no sealing.
    pub(crate) fn seal_headers(
        &self,
        environment: i64,
        tail: i64,
        headers: Option<&Metadata>,
    ) -> Option<Vec<u8>> {
        let headers = headers.filter(|headers| !headers.is_empty())?;
        let plain = serde_json::to_vec(headers).expect("a map of strings is JSON");
        let context = context(environment, tail, Purpose::Headers);
        Some(self.keyring.seal(&*self.entropy, &context, &plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> Metadata {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn a_merge_takes_names_for_the_same_whatever_their_case() {
        let change = HeadersChange::Merge {
            set: map(&[("X-One", "2")]),
            remove: vec!["X-TWO".to_owned()],
        };
        let before = map(&[("x-one", "1"), ("x-two", "1"), ("x-three", "1")]);
        assert_eq!(
            change.apply(before),
            map(&[("X-One", "2"), ("x-three", "1")])
        );
    }
}
