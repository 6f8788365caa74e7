//! What is the same in each request to an endpoint, made once and kept.
//!
//! The URL and the headers were checked when they were saved; they are checked again here, since
//! rules and settings may have changed since.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT,
};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use tidings_domain::address_policy::{Policy, TargetUrl, check_headers, check_message_headers};
use tidings_domain::body_format::BodyFormat;
use tidings_domain::credentials::Credentials;
use tidings_domain::delivery::AttemptError;
use tidings_store::target::Target;

use super::HeaderNames;
use super::attempt::Message;
use super::failure::Failure;
use super::pool::{Origin, OwnTls, Pool};
use super::tls::Trust;
use super::token::TokenKeeper;

/// How many endpoints are kept ready, in each of two generations.
const PREPARED_MAX: usize = 8_192;
/// The `user-agent` of every request.
pub(super) const AGENT: &str = concat!("Tidings/", env!("CARGO_PKG_VERSION"));
/// Stands in the account for a value that only the endpoint's owner may know.
const HIDDEN: &str = "[hidden]";

const WEBHOOK_NAMES: Names = Names {
    id: HeaderName::from_static("webhook-id"),
    timestamp: HeaderName::from_static("webhook-timestamp"),
    signature: HeaderName::from_static("webhook-signature"),
    event_type: HeaderName::from_static("webhook-event-type"),
};
const SVIX_NAMES: Names = Names {
    id: HeaderName::from_static("svix-id"),
    timestamp: HeaderName::from_static("svix-timestamp"),
    signature: HeaderName::from_static("svix-signature"),
    event_type: HeaderName::from_static("svix-event-type"),
};

/// The names of what is told of every message, whatever its body says.
struct Names {
    id: HeaderName,
    timestamp: HeaderName,
    signature: HeaderName,
    event_type: HeaderName,
}

impl HeaderNames {
    fn families(self) -> &'static [Names] {
        static FAMILIES: [Names; 2] = [WEBHOOK_NAMES, SVIX_NAMES];
        match self {
            Self::Webhook => &FAMILIES[..1],
            Self::Svix => &FAMILIES[1..],
            Self::Both => &FAMILIES,
        }
    }
}

/// What endpoints are made ready with.
pub(super) struct Workshop {
    pub(super) policy: Arc<Policy>,
    pub(super) names: HeaderNames,
    pub(super) pool: Arc<Pool>,
    pub(super) trust: Trust,
}

impl Workshop {
    /// What the credentials of an endpoint ask for beside a header.
    fn open(
        &self,
        target: &Target,
        url: &TargetUrl,
    ) -> Result<(Option<Box<TokenKeeper>>, Option<OwnTls>), Failure> {
        let Some(credentials) = &target.credentials else {
            return Ok((None, None));
        };
        credentials
            .check()
            .map_err(|refused| Failure::of_request(&refused))?;
        match credentials {
            Credentials::OAuth2(grant) => {
                let tokens = TokenKeeper::new(grant, &self.policy, &self.pool)?;
                Ok((Some(Box::new(tokens)), None))
            }
            Credentials::Mtls(own) if url.is_https() => {
                let config = self.trust.with_certificate(own);
                let config = config.map_err(|error| Failure::of_request(&error))?;
                let shown_by = (target.ordinal(), target.endpoint.version);
                Ok((None, Some(OwnTls { shown_by, config })))
            }
            Credentials::Mtls(_) => {
                let detail = "a certificate of the endpoint's own needs https";
                Err(Failure::new(AttemptError::Policy, detail))
            }
            _ => Ok((None, None)),
        }
    }
}

/// An endpoint made ready for requests.
pub(super) struct Prepared {
    url: String,
    version: u32,
    origin: Arc<Origin>,
    uri: Uri,
    /// In the order in which they are sent; those of the message are empty.
    headers: HeaderMap,
    families: &'static [Names],
    /// Where its access tokens come from, if it wants any.
    tokens: Option<Box<TokenKeeper>>,
    format: BodyFormat,
    /// The account of the headers before and after those of the message.
    lines_before: String,
    lines_after: String,
}

impl Prepared {
    fn new(target: &Target, workshop: &Workshop) -> Result<Self, Failure> {
        let url = workshop
            .policy
            .check_url(&target.endpoint.url)
            .map_err(|refused| Failure::of_request(&refused))?;
        let own = || {
            let pairs = target.headers.iter();
            pairs.map(|(name, value)| (name.as_str(), value.as_str()))
        };
        check_headers(own()).map_err(|refused| Failure::of_request(&refused))?;
        let (tokens, own_tls) = workshop.open(target, &url)?;
        let path = PathAndQuery::try_from(url.path_and_query())
            .map_err(|error| Failure::of_request(&error))?;
        let value = |text: &str| {
            HeaderValue::from_bytes(text.as_bytes()).map_err(|error| Failure::of_request(&error))
        };
        let mut headers = HeaderMap::with_capacity(16 + target.headers.len());
        let mut lines_before = String::new();
        for (name, text) in [
            (HOST, url.authority()),
            (CONTENT_TYPE, target.endpoint.format.content_type()),
            (USER_AGENT, AGENT),
            (ACCEPT, "*/*"),
            (ACCEPT_ENCODING, "identity"),
        ] {
            push_line(&mut lines_before, name.as_str(), text);
            headers.insert(name, value(text)?);
        }
        for family in workshop.names.families() {
            for name in [
                &family.id,
                &family.timestamp,
                &family.signature,
                &family.event_type,
            ] {
                headers.insert(name.clone(), HeaderValue::from_static(""));
            }
        }
        let mut lines_after = String::new();
        let credentials = target.credentials.as_ref();
        // An access token is not there yet: its place is kept.
        let of_credentials = credentials.and_then(|one| {
            let value = one.header_value().unwrap_or_default();
            Some((one.header_name()?, value))
        });
        let of_credentials = of_credentials
            .iter()
            .map(|(name, text)| (*name, text.as_str()));
        // Credentials come last, so that they hold where both have the same name.
        for (name, text) in own().chain(of_credentials) {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|error| Failure::of_request(&error))?;
            let mut text = value(text)?;
            text.set_sensitive(true);
            if headers.insert(&name, text).is_none() {
                push_line(&mut lines_after, name.as_str(), HIDDEN);
            }
        }
        if let Some(wanted) = &target.endpoint.co_signature {
            // Its place is kept, so that no message can take it.
            let name = HeaderName::from_bytes(wanted.header_name().as_bytes())
                .map_err(|error| Failure::of_request(&error))?;
            let mut text = HeaderValue::from_static("");
            text.set_sensitive(true);
            headers.insert(name, text);
        }
        Ok(Self {
            url: target.endpoint.url.clone(),
            version: target.endpoint.version,
            origin: workshop.pool.origin(&url, own_tls),
            uri: Uri::from(path),
            headers,
            families: workshop.names.families(),
            tokens,
            format: target.endpoint.format,
            lines_before,
            lines_after,
        })
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Where its access tokens come from, if it wants any.
    pub(super) fn tokens(&self) -> Option<&TokenKeeper> {
        self.tokens.as_deref()
    }

    /// What has no payload is of no type: nothing at all is not JSON.
    fn leave_out_type(&self, headers: &mut HeaderMap, lines: &mut String) {
        headers.remove(CONTENT_TYPE);
        for line in self.lines_before.split_inclusive('\n') {
            let name = line.split(':').next();
            if name != Some(CONTENT_TYPE.as_str()) {
                lines.push_str(line);
            }
        }
    }

    /// Adds the message's own headers. What the endpoint's owner has set stands; of the values only that of the
    /// type goes into the account, since the others may be secrets.
    fn add_own(
        &self,
        own: &[(String, String)],
        headers: &mut HeaderMap,
        lines: &mut String,
    ) -> Result<(), Failure> {
        let pairs = own.iter().map(|(name, value)| (&**name, &**value));
        check_message_headers(pairs, true).map_err(|refused| Failure::of_request(&refused))?;
        for (name, text) in own {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|error| Failure::of_request(&error))?;
            let value = HeaderValue::from_bytes(text.as_bytes())
                .map_err(|error| Failure::of_request(&error))?;
            if self
                .headers
                .get(&name)
                .is_some_and(HeaderValue::is_sensitive)
            {
                continue;
            }
            if headers.insert(&name, value).is_some() {
                drop_line(lines, name.as_str());
            }
            let shown = if name == CONTENT_TYPE { text } else { HIDDEN };
            push_line(lines, name.as_str(), shown);
        }
        Ok(())
    }

    fn is_for(&self, target: &Target) -> bool {
        self.version == target.endpoint.version && self.url == target.endpoint.url
    }

    /// The request for a message and the account of its headers, signed now.
    pub(super) fn request(
        &self,
        message: &Message<'_>,
    ) -> Result<(Request<Full<Bytes>>, String), Failure> {
        let mut signature = String::with_capacity(96);
        let Message {
            target,
            id,
            event_type,
            formatted,
            headers: own,
            authorization,
            now,
        } = *message;
        target.sign_into(&mut signature, id, now, &formatted.body);
        let timestamp = HeaderValue::from(now.div_euclid(1000));
        let invalid = |error| Failure::of_request(&error);
        let id = HeaderValue::from_str(id).map_err(invalid)?;
        let signature = HeaderValue::try_from(signature).map_err(invalid)?;
        let event_type = HeaderValue::from_str(event_type).map_err(invalid)?;
        let mut headers = self.headers.clone();
        let mut lines = String::with_capacity(
            self.lines_before.len()
                + self.lines_after.len()
                + 32
                + self.families.len() * (128 + id.len() + signature.len() + event_type.len()),
        );
        if self.format == BodyFormat::Json && formatted.body.is_empty() {
            self.leave_out_type(&mut headers, &mut lines);
        } else {
            lines.push_str(&self.lines_before);
        }
        for family in self.families {
            for (name, value) in [
                (&family.id, &id),
                (&family.timestamp, &timestamp),
                (&family.signature, &signature),
                (&family.event_type, &event_type),
            ] {
                push_line(
                    &mut lines,
                    name.as_str(),
                    value.to_str().unwrap_or_default(),
                );
                headers.insert(name, value.clone());
            }
        }
        if let Some((name, value)) = target.co_sign(now, &formatted.body) {
            push_line(&mut lines, name, &value);
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|error| Failure::of_request(&error))?;
            headers.insert(name, HeaderValue::try_from(value).map_err(invalid)?);
        }
        for (name, value) in &formatted.headers {
            push_line(&mut lines, name, value);
            headers.insert(*name, HeaderValue::from_str(value).map_err(invalid)?);
        }
        lines.push_str(&self.lines_after);
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        self.add_own(own, &mut headers, &mut lines)?;
        let length = HeaderValue::from(formatted.body.len());
        push_line(
            &mut lines,
            CONTENT_LENGTH.as_str(),
            length.to_str().unwrap_or_default(),
        );
        headers.insert(CONTENT_LENGTH, length);
        let mut request = Request::new(Full::new(formatted.body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers;
        Ok((request, lines))
    }
}

/// Takes the line of a header out of the account.
fn drop_line(lines: &mut String, name: &str) {
    let kept = lines.split_inclusive('\n');
    let kept = kept.filter(|line| line.split(':').next() != Some(name));
    *lines = kept.collect();
}

fn push_line(lines: &mut String, name: &str, value: &str) {
    lines.push_str(name);
    lines.push_str(": ");
    lines.push_str(value);
    lines.push('\n');
}

/// Endpoints made ready, by number.
///
/// There are two generations: when the young one is full it becomes the old one, and what is used
/// again moves back. So what is in use stays, and the number of entries has a limit.
pub(super) struct PreparedCache {
    workshop: Workshop,
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<i64, Arc<Prepared>>,
    old: HashMap<i64, Arc<Prepared>>,
}

impl PreparedCache {
    pub(super) fn new(workshop: Workshop) -> Self {
        Self {
            workshop,
            generations: Mutex::default(),
        }
    }

    /// The endpoint made ready, or why it cannot be sent to.
    pub(super) fn of(&self, target: &Target) -> Result<Arc<Prepared>, Failure> {
        let ordinal = target.ordinal();
        let mut generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = generations.young.get(&ordinal)
            && prepared.is_for(target)
        {
            return Ok(Arc::clone(prepared));
        }
        let kept = generations.old.remove(&ordinal);
        let prepared = match kept.filter(|prepared| prepared.is_for(target)) {
            Some(prepared) => prepared,
            None => Arc::new(Prepared::new(target, &self.workshop)?),
        };
        if generations.young.len() >= PREPARED_MAX {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(ordinal, Arc::clone(&prepared));
        Ok(prepared)
    }
}
