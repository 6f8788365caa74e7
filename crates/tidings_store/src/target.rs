//! An endpoint made ready to be sent to: its secrets opened, its headers read.

use std::ops::Deref;
use std::sync::Arc;

use tidings_domain::application::Metadata;
use tidings_domain::clock::Millis;
use tidings_domain::co_signature::CoSigner;
use tidings_domain::credentials::Credentials;
use tidings_domain::endpoint::Endpoint;
use tidings_domain::filter::{Filter, ReadPayload};
use tidings_domain::ids::{ApplicationId, EndpointId};
use tidings_domain::message::Message;
use tidings_domain::sealed::{Context, Keyring, Purpose};
use tidings_domain::signature::{Secret, SigningKeys};

use crate::directory::HiddenTypes;
use crate::traffic::Traffic;

/// What of an endpoint is not sealed and may still be unreadable.
const FILTER: &str = "filter";

/// An endpoint that can be sent to. It is shared and never changes; a change makes a new one.
pub struct Target {
    /// The endpoint as it is stored.
    pub endpoint: Endpoint,
    /// Whose it is.
    pub application: ApplicationId,
    /// What the product calls its application.
    pub application_uid: Option<Arc<str>>,
    /// Headers that its owner wants on each request, in order of their names.
    pub headers: Metadata,
    /// How many requests a second all endpoints of its application may get together.
    pub application_rate: Option<u32>,
    /// What it wants to see before it takes a request.
    pub credentials: Option<Credentials>,
    /// The payloads that it wants; none means all.
    pub filter: Option<Filter>,
    /// The event types that its application may not see, if there are any.
    pub hidden: Option<Arc<HiddenTypes>>,
    /// Whether nothing is sent to it until its application has another plan.
    pub is_paused: bool,
    /// Where it is counted what goes through its environment.
    pub traffic: Arc<Traffic>,
    /// Whether it is told of operational events, so that nothing is told of it.
    pub is_operational: bool,
    /// Who makes one more signature, if it wants one.
    co_signer: Option<Box<CoSigner>>,
    keys: Vec<(SigningKeys, Option<Millis>)>,
}

/// What is stored of an endpoint cannot be read: the master key is not the one that sealed it, or its filter
/// is of another version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {what} of endpoint {endpoint} cannot be {}: {why}", self.verb())]
pub struct UnreadableTarget {
    /// Which endpoint.
    pub endpoint: EndpointId,
    /// What of it.
    pub what: &'static str,
    /// Why.
    pub why: String,
}

impl UnreadableTarget {
    fn verb(&self) -> &'static str {
        match self.what {
            FILTER => "read",
            _ => "opened with the master key at hand",
        }
    }
}

impl Target {
    /// Opens what is sealed.
    pub fn prepare(
        endpoint: Endpoint,
        application: ApplicationId,
        keyring: &Keyring,
    ) -> Result<Self, UnreadableTarget> {
        let secrets = open_secrets(&endpoint, keyring)?;
        let keys = secrets
            .iter()
            .map(|(secret, until)| (SigningKeys::new([secret]), *until))
            .collect();
        let headers = open_headers(&endpoint, keyring)?;
        let credentials = open_credentials(&endpoint, keyring)?;
        let co_signer = open_co_signer(&endpoint, keyring)?;
        let filter = read_filter(&endpoint)?;
        Ok(Self {
            endpoint,
            application,
            application_uid: None,
            application_rate: None,
            headers,
            credentials,
            filter,
            hidden: None,
            is_paused: false,
            is_operational: false,
            traffic: Arc::default(),
            co_signer: co_signer.map(Box::new),
            keys,
        })
    }

    /// The endpoint's number.
    pub fn ordinal(&self) -> i64 {
        self.endpoint.id.seq()
    }

    /// Whether it would get this message now, if it is switched on. The payload is read only if it has a filter.
    pub fn wants(&self, message: &Message) -> bool {
        let hidden = self.hidden.as_ref();
        self.endpoint.wants(&message.event_type, &message.channels)
            && hidden.is_none_or(|hidden| !hidden.hides(&message.event_type, &self.endpoint))
            && self.filter.as_ref().is_none_or(|filter| {
                let payload = ReadPayload::new(&message.payload);
                filter.judge(&payload).is_match
            })
    }

    /// Whether one node has to send it everything: the one that owns the slot.
    pub fn is_left_to_owner(&self) -> bool {
        self.endpoint.is_fifo || self.is_rated()
    }

    /// Whether requests are held to a rate.
    pub fn is_rated(&self) -> bool {
        self.endpoint.throttle_rate.is_some() || self.application_rate.is_some()
    }

    /// One more signature that it wants: the name of the header and the value.
    pub fn co_sign(&self, now: Millis, body: &[u8]) -> Option<(&str, String)> {
        let signer = self.co_signer.as_ref()?;
        let name = self.endpoint.co_signature.as_ref()?.header_name();
        Some((name, signer.sign(now.div_euclid(1000), body)))
    }

    /// Appends the value of the signature header: the current key first, then those that are still
    /// in their overlap.
    pub fn sign_into(&self, out: &mut String, id: &str, now: Millis, body: &[u8]) {
        for (key, expires_at) in &self.keys {
            if expires_at.is_some_and(|until| until <= now) {
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            key.sign_into(out, id, now.div_euclid(1000), body);
        }
    }
}

/// Where a sealed value of an endpoint belongs. The chance in its id names it, since that is known
/// before the store gives it a number.
pub fn context(environment: i64, endpoint_tail: i64, purpose: Purpose) -> Context {
    Context {
        environment,
        owner: endpoint_tail,
        purpose,
    }
}

fn read_filter(endpoint: &Endpoint) -> Result<Option<Filter>, UnreadableTarget> {
    let parsed = endpoint.filter.as_deref().map(Filter::parse).transpose();
    parsed.map_err(|refused| UnreadableTarget {
        endpoint: endpoint.id,
        what: FILTER,
        why: refused.to_string(),
    })
}

/// What opens the sealed values of one purpose of an endpoint, and says of which it could not.
struct Opener<'a> {
    endpoint: EndpointId,
    context: Context,
    keyring: &'a Keyring,
    what: &'static str,
}

impl<'a> Opener<'a> {
    fn new(endpoint: &Endpoint, keyring: &'a Keyring, purpose: Purpose) -> Self {
        let what = match purpose {
            Purpose::CoSignature => "co-signature",
            Purpose::Credentials => "credentials",
            Purpose::Headers => "headers",
            _ => "secret",
        };
        Self {
            endpoint: endpoint.id,
            context: context(endpoint.environment, endpoint.id.parts().tail, purpose),
            keyring,
            what,
        }
    }

    fn unreadable(&self, why: &impl ToString) -> UnreadableTarget {
        UnreadableTarget {
            endpoint: self.endpoint,
            what: self.what,
            why: why.to_string(),
        }
    }

    fn open(
        &self,
        sealed: &[u8],
    ) -> Result<impl Deref<Target = Vec<u8>> + use<>, UnreadableTarget> {
        let plain = self.keyring.open(&self.context, sealed);
        plain.map_err(|error| self.unreadable(&error))
    }

    fn text<'b>(&self, plain: &'b [u8]) -> Result<&'b str, UnreadableTarget> {
        std::str::from_utf8(plain).map_err(|error| self.unreadable(&error))
    }

    /// What serde says of a text that it cannot read may quote it, so that is not told.
    fn no_json(&self) -> UnreadableTarget {
        self.unreadable(&format!("it holds no {}", self.what))
    }
}

/// Opens the secrets of an endpoint, the current one first.
pub fn open_secrets(
    endpoint: &Endpoint,
    keyring: &Keyring,
) -> Result<Vec<(Secret, Option<Millis>)>, UnreadableTarget> {
    let opener = Opener::new(endpoint, keyring, Purpose::SigningSecret);
    let open = |sealed: &[u8]| {
        let plain = opener.open(sealed)?;
        Secret::parse(opener.text(&plain)?).map_err(|error| opener.unreadable(&error))
    };
    endpoint
        .secrets
        .iter()
        .map(|secret| Ok((open(&secret.sealed)?, secret.expires_at)))
        .collect()
}

/// Opens the secret of the further signature that an endpoint wants.
fn open_co_signer(
    endpoint: &Endpoint,
    keyring: &Keyring,
) -> Result<Option<CoSigner>, UnreadableTarget> {
    let Some(wanted) = &endpoint.co_signature else {
        return Ok(None);
    };
    let opener = Opener::new(endpoint, keyring, Purpose::CoSignature);
    let plain = opener.open(&wanted.secret)?;
    Ok(Some(CoSigner::new(wanted.style, opener.text(&plain)?)))
}

/// Opens the credentials of an endpoint.
pub fn open_credentials(
    endpoint: &Endpoint,
    keyring: &Keyring,
) -> Result<Option<Credentials>, UnreadableTarget> {
    let Some(sealed) = &endpoint.credentials else {
        return Ok(None);
    };
    let opener = Opener::new(endpoint, keyring, Purpose::Credentials);
    let read = serde_json::from_slice(&opener.open(sealed)?);
    read.map(Some).map_err(|_| opener.no_json())
}

/// Opens the headers of an endpoint.
pub fn open_headers(endpoint: &Endpoint, keyring: &Keyring) -> Result<Metadata, UnreadableTarget> {
    let Some(sealed) = &endpoint.headers else {
        return Ok(Metadata::new());
    };
    let opener = Opener::new(endpoint, keyring, Purpose::Headers);
    let read = serde_json::from_slice(&opener.open(sealed)?);
    read.map_err(|_| opener.no_json())
}
