//! Single sign-on by OIDC: the authorization code with PKCE, a state and a nonce.
//!
//! The provider says who somebody is, and nothing else: whether they are a member and what they may do is decided here.
//! What is between the two steps is in the browser that began (a cookie), so every node can take the second.

mod id_token;
mod key;
mod provider;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use tidings_domain::access::Role;
use tidings_domain::audit::{Action, ActorKind, Origin};
use tidings_domain::member::{Member, MemberState, check_email, generate_secret};
use tidings_store::{Asks, NewMember, Written};
use zeroize::Zeroizing;

use crate::audit::Touched;
use crate::error::ServiceError;
use crate::keys::check_display_name;
use crate::members::SignedIn;
use crate::{Caller, Service};

use id_token::{Expected, Identity};
use provider::Provider;

/// Where the provider sends people back to, below the public URL.
const BACK_PATH: &str = "/dashboard/sign-on/back";
/// The environment of those who are let in without having been invited.
const ENVIRONMENT: &str = "default";

/// How single sign-on is set up.
#[derive(Clone)]
pub struct SingleSignOn {
    /// The provider, as it names itself: `https://login.example.com/realms/staff`.
    pub issuer: String,
    /// As what the provider knows this server.
    pub client_id: String,
    /// Its secret there, if it has one.
    pub client_secret: Option<Zeroizing<String>>,
    /// What somebody may do who was not invited; none lets members in and nobody else.
    pub default_role: Option<Role>,
}

/// Single sign-on, as far as it is set up.
pub(crate) struct SignOn {
    settings: SingleSignOn,
    provider: Provider,
}

/// The first step: where to send the browser, and what it keeps meanwhile.
pub struct BegunSignOn {
    /// The page of the provider.
    pub url: String,
    /// What the provider sends back with the code.
    pub state: Zeroizing<String>,
    /// What the token of the provider has to contain.
    pub nonce: Zeroizing<String>,
    /// What proves that the code is ours.
    pub verifier: Zeroizing<String>,
}

/// The second step. That the state is the one that was kept has been checked.
pub struct ReturnedSignOn {
    /// The code that the provider has sent along.
    pub code: Zeroizing<String>,
    /// As it was kept.
    pub nonce: Zeroizing<String>,
    /// As it was kept.
    pub verifier: Zeroizing<String>,
}

impl Service {
    /// The same, with single sign-on. `asks` is how the provider is reached.
    #[must_use]
    pub fn with_single_sign_on(self, settings: SingleSignOn, asks: Arc<dyn Asks>) -> Self {
        let provider = Provider::new(&settings, asks);
        Self {
            sign_on: Some(SignOn { settings, provider }),
            ..self
        }
    }

    /// Whether there is single sign-on.
    pub fn has_single_sign_on(&self) -> bool {
        self.sign_on.is_some()
    }

    fn sign_on(&self) -> Result<&SignOn, ServiceError> {
        let what = "single sign-on";
        self.sign_on.as_ref().ok_or(ServiceError::NotFound { what })
    }

    fn redirect_uri(&self) -> String {
        format!("{}{BACK_PATH}", self.public_url)
    }

    /// Begins to sign somebody in.
    pub async fn begin_sign_on(&self) -> Result<BegunSignOn, ServiceError> {
        let sign_on = self.sign_on()?;
        let page = sign_on.provider.authorization_page(self.now()).await?;
        let secret = || generate_secret(&*self.entropy);
        let (state, nonce, verifier) = (secret(), secret(), secret());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let redirect_uri = self.redirect_uri();
        let query = written(&[
            ("response_type", "code"),
            ("scope", "openid email profile"),
            ("client_id", &sign_on.settings.client_id),
            ("redirect_uri", &redirect_uri),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let mark = if page.contains('?') { '&' } else { '?' };
        Ok(BegunSignOn {
            url: format!("{page}{mark}{query}"),
            state,
            nonce,
            verifier,
        })
    }

    /// Signs in whoever comes back.
    pub async fn finish_sign_on(
        &self,
        returned: ReturnedSignOn,
        origin: Origin,
    ) -> Result<SignedIn, ServiceError> {
        let sign_on = self.sign_on()?;
        let now = self.now();
        let redirect_uri = self.redirect_uri();
        let form = written(&[
            ("grant_type", "authorization_code"),
            ("code", &returned.code),
            ("redirect_uri", &redirect_uri),
            ("client_id", &sign_on.settings.client_id),
            ("code_verifier", &returned.verifier),
        ]);
        let token = sign_on.provider.exchange(form, now).await?;
        let expected = Expected {
            issuer: &sign_on.settings.issuer,
            client_id: &sign_on.settings.client_id,
            nonce: &returned.nonce,
            now,
        };
        let identity = sign_on.provider.identity(&token, &expected).await?;
        let member = self.member_of(identity, sign_on, origin).await?;
        self.begin_session(member, origin).await
    }

    /// The member that somebody is, who is let in.
    async fn member_of(
        &self,
        identity: Identity,
        sign_on: &SignOn,
        origin: Origin,
    ) -> Result<Member, ServiceError> {
        if check_email(&identity.email).is_err() {
            return Err(ServiceError::NotSignedIn);
        }
        let found = self.store.member_by_email(None, identity.email.clone());
        let Some(member) = found.await? else {
            let role = sign_on.settings.default_role;
            let role = role.ok_or(ServiceError::NotSignedIn)?;
            return self.let_in(identity, role, origin).await;
        };
        match member.state() {
            MemberState::Active => Ok(member),
            MemberState::Disabled => Err(ServiceError::NotSignedIn),
            MemberState::Invited => {
                // Nobody knows the password that they get; they can be invited anew to choose one.
                let caller = Caller::member(&member, origin);
                let password = generate_secret(&*self.entropy);
                let action = Action::MemberAcceptInvitation;
                self.give_password(caller, action, &member, password).await
            }
        }
    }

    /// Makes a member of somebody whom nobody has invited, as the settings want.
    async fn let_in(
        &self,
        identity: Identity,
        role: Role,
        origin: Origin,
    ) -> Result<Member, ServiceError> {
        let environment = self.ensure_environment(ENVIRONMENT).await?.ordinal;
        let name = identity
            .name
            .filter(|name| check_display_name(name).is_ok());
        let password = generate_secret(&*self.entropy);
        let new = NewMember {
            environment,
            name: name.unwrap_or_else(|| identity.email.clone()),
            email: identity.email,
            role,
            password_hash: Some(self.hash_password(password).await?),
            invitation: None,
            is_first: false,
            created_at: self.now(),
            tail: self.entropy.id_tail(),
        };
        let caller = Caller {
            kind: ActorKind::System,
            origin,
            ..Caller::operator(environment)
        };
        let store = self
            .noting(caller, Action::MemberJoin, Touched::new())
            .await?;
        match store.create_member(new).await? {
            Written::Done(member) => Ok(member),
            // Somebody was faster; the next try finds them.
            _ => Err(ServiceError::NotSignedIn),
        }
    }
}

/// Fields as browsers write them.
fn written(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| {
        format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
    };
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}
