//! Endpoints, resolvers and senders to test with.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tidings_delivery::sender::{Resolver, ResolverFuture, Sender, SenderSettings, UnresolvedName};
use tidings_domain::address_policy::Policy;
use tidings_domain::application::Metadata;
use tidings_domain::body_format::{BodyFormat, Event};
use tidings_domain::clock::{Clock as _, Millis, SeededEntropy, SystemClock};
use tidings_domain::credentials::Credentials;
use tidings_domain::delivery::Exchange;
use tidings_domain::endpoint::{Endpoint, EndpointState, SealedSecret};
use tidings_domain::ids::{ApplicationId, EndpointId};
use tidings_domain::sealed::{Keyring, MasterKey, Purpose};
use tidings_domain::signature::Secret;
use tidings_store::target::{Target, context};

/// The id of every message here.
pub(super) const MESSAGE_ID: &str = "msg_0123456789abcdef";
/// The payload of every message here.
pub(super) const PAYLOAD: &str = r#"{"type":"user.created","data":{"id":1}}"#;
/// A host name that the scripted resolver knows.
pub(super) const HOST: &str = "receiver.test-host.example";

/// An endpoint to be.
pub(super) struct Draft {
    url: String,
    headers: Metadata,
    secrets: Vec<(Secret, Option<Millis>)>,
    format: BodyFormat,
    credentials: Option<Credentials>,
}

impl Draft {
    pub(super) fn to(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            headers: Metadata::new(),
            secrets: Vec::new(),
            format: BodyFormat::Json,
            credentials: None,
        }
    }

    pub(super) fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    pub(super) fn format(mut self, format: BodyFormat) -> Self {
        self.format = format;
        self
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn secret(mut self, secret: Secret, until: Option<Millis>) -> Self {
        self.secrets.push((secret, until));
        self
    }

    pub(super) fn ready(mut self) -> Target {
        static NEXT: AtomicI64 = AtomicI64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let entropy = SeededEntropy::new(number.cast_unsigned());
        let keyring = Keyring::new(MasterKey::generate(1, &entropy), Vec::new()).unwrap();
        let id = EndpointId::new(0, 0, number, number);
        if self.secrets.is_empty() {
            self.secrets.push((Secret::generate(&entropy), None));
        }
        let seal = |purpose, plain: &[u8]| {
            keyring.seal(&entropy, &context(1, id.parts().tail, purpose), plain)
        };
        let secrets = self
            .secrets
            .iter()
            .map(|(secret, expires_at)| SealedSecret {
                sealed: seal(Purpose::SigningSecret, secret.to_text().as_bytes()),
                expires_at: *expires_at,
            });
        let headers = serde_json::to_vec(&self.headers).unwrap();
        let endpoint = Endpoint {
            number: 1,
            id,
            application: 1,
            environment: 1,
            uid: None,
            url: self.url.clone(),
            description: String::new(),
            is_disabled: false,
            event_types: Vec::new(),
            channels: Vec::new(),
            filter: None,
            throttle_rate: None,
            is_fifo: false,
            batch_size: None,
            max_wait_secs: None,
            retry_policy: None,
            co_signature: None,
            format: self.format,
            metadata: Metadata::new(),
            headers: Some(seal(Purpose::Headers, &headers)),
            credentials: self
                .credentials
                .map(|one| seal(Purpose::Credentials, &one.to_json())),
            secrets: secrets.collect(),
            version: 1,
            created_at: 0,
            updated_at: 0,
            state: EndpointState::default(),
        };
        Target::prepare(endpoint, ApplicationId::new(0, 0, 1, 1), &keyring).unwrap()
    }
}

/// Answers from a script, one after the other; the last one stays.
#[derive(Default)]
pub(super) struct ScriptedResolver {
    answers: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    questions_count: AtomicUsize,
}

impl ScriptedResolver {
    /// Each answer is a list of addresses with spaces between them.
    pub(super) fn knowing(name: &str, answers: &[&str]) -> Arc<Self> {
        let parse = |answer: &&str| {
            let addresses = answer.split_whitespace();
            addresses.map(|address| address.parse().unwrap()).collect()
        };
        let resolver = Self::default();
        let answers = answers.iter().rev().map(parse).collect();
        resolver
            .answers
            .lock()
            .unwrap()
            .insert(name.to_owned(), answers);
        Arc::new(resolver)
    }

    pub(super) fn questions_count(&self) -> usize {
        self.questions_count.load(Ordering::SeqCst)
    }
}

impl Resolver for ScriptedResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> ResolverFuture<'a> {
        self.questions_count.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = answers.get_mut(name).map(|left| match left.len() {
            0 => Vec::new(),
            1 => left[0].clone(),
            _ => left.pop().unwrap(),
        });
        let answer = answer.ok_or_else(|| UnresolvedName {
            why: "no such name".to_owned(),
        });
        Box::pin(std::future::ready(answer))
    }
}

/// Settings that wait long for nothing.
pub(super) fn settings() -> SenderSettings {
    SenderSettings::default()
}

/// Settings under which a hanging receiver is given up soon, though not before a busy machine has got to it.
pub(super) fn impatient() -> SenderSettings {
    SenderSettings {
        attempt_for_max: Duration::from_secs(1),
        ..settings()
    }
}

/// A sender for development: loopback and plain HTTP are allowed, and [`HOST`] is 127.0.0.1.
pub(super) fn sender(settings: SenderSettings) -> Sender {
    guarded(settings, Policy::development(), &["127.0.0.1"])
}

/// A sender with a policy, to whose resolver only [`HOST`] is known.
pub(super) fn guarded(settings: SenderSettings, policy: Policy, answers: &[&str]) -> Sender {
    let resolver = ScriptedResolver::knowing(HOST, answers);
    Sender::new(settings, Arc::new(policy), resolver).unwrap()
}

/// An event with this payload.
pub(super) fn event<'a>(target: &Target, id: &'a str, payload: &'a Bytes) -> Event<'a> {
    Event {
        id,
        event_type: "user.created",
        accepted_at: 1_718_810_565_123,
        application: target.application,
        payload,
        options: None,
    }
}

/// Sends the message to the target, now.
pub(super) async fn send(sender: &Sender, target: &Target) -> Exchange {
    let payload = Bytes::from_static(PAYLOAD.as_bytes());
    let event = event(target, MESSAGE_ID, &payload);
    sender.send(target, &event, SystemClock.now_ms()).await
}
