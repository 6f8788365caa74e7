//! Access tokens of endpoints whose receivers want one (OAuth 2.0): asked for, kept, renewed.
//!
//! One endpoint asks once at a time; whoever comes meanwhile waits and takes what the first one got, be it a
//! token or a failure. The token endpoint is reached like any target: through the guard, without redirects. Nothing
//! of its answer is shown but the status and the code of an error.

use std::sync::Arc;
use std::time::Instant;

use http::uri::PathAndQuery;
use http::{HeaderValue, Uri};
use tidings_domain::address_policy::Policy;
use tidings_domain::clock::Millis;
use tidings_domain::credentials::grant::{ClientGrant, Token};
use tidings_domain::delivery::AttemptError;
use tokio::sync::Mutex;
use zeroize::{Zeroize as _, Zeroizing};

use super::Sender;
use super::asking::{Question, value};
use super::failure::Failure;
use super::pool::{Origin, Pool};

/// The part of an attempt's time that asking for a token may take.
const SHARE_OF_ATTEMPT: u32 = 2;

/// The token of one endpoint, and where to get another.
pub(super) struct TokenKeeper {
    grant: ClientGrant,
    origin: Arc<Origin>,
    uri: Uri,
    authority: HeaderValue,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Kept>,
    /// When it last failed, for those who were waiting then.
    failure: Option<(Instant, Failure)>,
}

struct Kept {
    /// What goes into the request.
    authorization: HeaderValue,
    until: Millis,
}

impl Drop for TokenKeeper {
    fn drop(&mut self) {
        self.grant.client_secret.zeroize();
    }
}

impl TokenKeeper {
    pub(super) fn new(
        grant: &ClientGrant,
        policy: &Policy,
        pool: &Arc<Pool>,
    ) -> Result<Self, Failure> {
        let url = policy
            .check_url(&grant.token_url)
            .map_err(|refused| Failure::of_request(&refused))?;
        let path = PathAndQuery::try_from(url.path_and_query())
            .map_err(|error| Failure::of_request(&error))?;
        Ok(Self {
            grant: grant.clone(),
            origin: pool.origin(&url, None),
            uri: Uri::from(path),
            authority: value(url.authority())?,
            state: Mutex::default(),
        })
    }

    /// What the endpoint gets in its `authorization`: what is kept, unless it is past its time or was refused.
    pub(super) async fn authorization(
        &self,
        sender: &Sender,
        now: Millis,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Failure> {
        let asked_at = Instant::now();
        let mut state = self.state.lock().await;
        if let Some(kept) = &state.token
            && kept.until > now
            && refused != Some(&kept.authorization)
        {
            return Ok(kept.authorization.clone());
        }
        if let Some((failed_at, failure)) = &state.failure
            && *failed_at >= asked_at
        {
            return Err(failure.clone());
        }
        state.token = None;
        let asked = self.ask(sender).await.and_then(|token| {
            let mut text = Zeroizing::new(String::with_capacity(8 + token.text.len()));
            text.push_str("Bearer ");
            text.push_str(&token.text);
            let mut authorization = value(&text)?;
            authorization.set_sensitive(true);
            let life = Millis::try_from(token.used_for.as_millis()).unwrap_or(Millis::MAX);
            let until = now.saturating_add(life);
            Ok(Kept {
                authorization,
                until,
            })
        });
        match asked {
            Ok(kept) => Ok(state.token.insert(kept).authorization.clone()),
            Err(failure) => {
                state.failure = Some((Instant::now(), failure.clone()));
                Err(failure)
            }
        }
    }

    /// Asks for a token.
    async fn ask(&self, sender: &Sender) -> Result<Token, Failure> {
        let limit = sender.settings.attempt_for_max / SHARE_OF_ATTEMPT;
        match tokio::time::timeout(limit, self.exchange(sender)).await {
            Ok(Ok((status, body))) => {
                let token = self.grant.read_token(status, &body);
                token.map_err(|no_token| Failure::new(AttemptError::Token, no_token.why))
            }
            Ok(Err(failure)) => Err(of_token(&failure)),
            Err(_) => Err(of_token(&Failure::new(AttemptError::Timeout, ""))),
        }
    }

    async fn exchange(&self, sender: &Sender) -> Result<(u16, Zeroizing<Vec<u8>>), Failure> {
        let (form, authorization) = (self.grant.form(), self.grant.authorization());
        let question = Question {
            origin: &self.origin,
            uri: self.uri.clone(),
            authority: self.authority.clone(),
            form: Some(&form),
            authorization: authorization.as_deref().map(String::as_str),
        };
        sender.converse(question).await
    }
}

/// A failure on the way to a token, in words that tell nothing of networks. What the guard refuses stays refused.
fn of_token(failure: &Failure) -> Failure {
    let why = match failure.error {
        AttemptError::Policy => {
            let detail = format!("the token endpoint: {}", failure.detail);
            return Failure::new(AttemptError::Policy, detail);
        }
        AttemptError::Timeout => "the token endpoint did not answer in time",
        AttemptError::Reset => "the token endpoint broke the connection",
        AttemptError::Tls => "TLS with the token endpoint failed",
        AttemptError::Dns | AttemptError::Unreachable => "the token endpoint is unreachable",
        _ => "what the token endpoint answered is not HTTP",
    };
    tracing::debug!("{why}: {}", failure.detail);
    Failure::new(AttemptError::Token, why)
}
