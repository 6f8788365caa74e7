//! The identity provider: what it says of itself, its keys, and the exchange of a code for a token.
//!
//! What it says is read when it is needed and kept for an hour; its keys are read anew when a token names one that is not
//! known, but not more often than once a minute. Why something failed is for the log: whoever signs in is told that it did.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tidings_domain::clock::Millis;
use tidings_store::{Asked, Asks};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::SingleSignOn;
use super::id_token::{Expected, Identity, Token};
use super::key::Key;
use crate::error::ServiceError;

/// For how long what it says is kept.
const KEPT_FOR_MS: Millis = 60 * 60 * 1_000;
/// How often it is asked at most for a key that is not known.
const ASKED_EVERY_MS: Millis = 60 * 1_000;
/// When to try again if it does not answer.
const RETRY_AFTER: Duration = Duration::from_secs(10);
/// Where it says what it is, below its own name.
const DOCUMENT_PATH: &str = "/.well-known/openid-configuration";
/// The way to send the secret that every provider has to know.
const BASIC: &str = "client_secret_basic";
const IN_FORM: &str = "client_secret_post";

pub(super) struct Provider {
    issuer: String,
    client_id: String,
    client_secret: Option<Zeroizing<String>>,
    asks: Arc<dyn Asks>,
    known: Mutex<Option<Arc<Known>>>,
}

/// What a provider says of itself.
struct Known {
    document: Document,
    keys: Vec<Key>,
    read_at: Millis,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Exchanged {
    id_token: String,
}

impl Provider {
    pub(super) fn new(settings: &SingleSignOn, asks: Arc<dyn Asks>) -> Self {
        Self {
            issuer: settings.issuer.clone(),
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            asks,
            known: Mutex::new(None),
        }
    }

    /// Where people sign in.
    pub(super) async fn authorization_page(&self, now: Millis) -> Result<String, ServiceError> {
        let known = self.known(now, KEPT_FOR_MS).await?;
        Ok(known.document.authorization_endpoint.clone())
    }

    /// Takes a code for the token that says who somebody is.
    pub(super) async fn exchange(
        &self,
        mut form: String,
        now: Millis,
    ) -> Result<Zeroizing<String>, ServiceError> {
        let known = self.known(now, KEPT_FOR_MS).await?;
        let methods = known
            .document
            .token_endpoint_auth_methods_supported
            .as_ref();
        let has = |method: &str| methods.is_none_or(|all| all.iter().any(|one| one == method));
        let mut authorization = None;
        if let Some(secret) = &self.client_secret {
            let written = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            if has(BASIC) || !has(IN_FORM) {
                let pair = format!("{}:{}", written(&self.client_id), written(secret));
                authorization = Some(format!("Basic {}", STANDARD.encode(pair)));
            } else {
                form = format!("{form}&client_secret={}", written(secret));
            }
        }
        let asked = Asked {
            url: known.document.token_endpoint.clone(),
            form: Some(form),
            authorization,
        };
        let exchanged: Exchanged = self.ask(asked).await?;
        Ok(Zeroizing::new(exchanged.id_token))
    }

    /// Who somebody is, by a token that is checked in every respect.
    pub(super) async fn identity(
        &self,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<Identity, ServiceError> {
        let token = Token::parse(token).map_err(refused)?;
        let mut known = self.known(expected.now, KEPT_FOR_MS).await?;
        if !known.keys.iter().any(|key| key.may_have_signed(&token)) {
            known = self.known(expected.now, ASKED_EVERY_MS).await?;
        }
        token.verify(&known.keys).map_err(refused)?;
        token.identity(expected).map_err(refused)
    }

    /// What it says of itself, not older than this.
    async fn known(&self, now: Millis, age_max: Millis) -> Result<Arc<Known>, ServiceError> {
        let mut kept = self.known.lock().await;
        if let Some(known) = &*kept
            && now - known.read_at < age_max
        {
            return Ok(known.clone());
        }
        let get = |url: String| Asked {
            url,
            ..Asked::default()
        };
        let url = format!("{}{DOCUMENT_PATH}", self.issuer.trim_end_matches('/'));
        let document: Document = self.ask(get(url)).await?;
        if document.issuer != self.issuer {
            tracing::warn!(
                "Single sign-on: the provider calls itself {:?}, and the settings {:?}",
                document.issuer,
                self.issuer
            );
            return Err(unavailable());
        }
        let keys: Keys = self.ask(get(document.jwks_uri.clone())).await?;
        // Keys of kinds that are not known sign nothing for us.
        let keys = keys.keys.into_iter().filter_map(|key| Key::read(&key));
        let known = Arc::new(Known {
            keys: keys.collect(),
            document,
            read_at: now,
        });
        *kept = Some(known.clone());
        Ok(known)
    }

    async fn ask<T: DeserializeOwned>(&self, asked: Asked) -> Result<T, ServiceError> {
        let url = asked.url.clone();
        let answered = self.asks.ask(asked).await.map_err(|why| {
            tracing::warn!("Single sign-on: {url} does not answer: {why}");
            unavailable()
        })?;
        if answered.status != 200 {
            tracing::warn!("Single sign-on: {url} answers {}", answered.status);
            return Err(unavailable());
        }
        serde_json::from_slice(&answered.body).map_err(|error| {
            tracing::warn!("Single sign-on: what {url} answers cannot be used: {error}");
            unavailable()
        })
    }
}

fn unavailable() -> ServiceError {
    ServiceError::Unavailable {
        retry_after: RETRY_AFTER,
        source: None,
    }
}

/// What is wrong with a token is told to nobody but the log.
fn refused(why: &'static str) -> ServiceError {
    tracing::warn!("Single sign-on: a token is refused: {why}");
    ServiceError::NotSignedIn
}
