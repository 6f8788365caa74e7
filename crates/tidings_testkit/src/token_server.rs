//! An authorization server that gives out access tokens for client credentials (RFC 6749, section 4.4).
//!
//! It checks what a client asks by the RFC and refuses what is wrong, with the words of the RFC. It reads the request
//! with code of its own, so that a mistake of the program is not made twice.

use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::receiver::{Received, Receiver, Reply};

/// How clients must show who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// With HTTP Basic, and not in the form.
    Basic,
    /// In the form, and not with HTTP Basic.
    Body,
}

/// The one client that is known.
#[derive(Debug, Clone)]
pub struct KnownClient {
    /// Its name.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// How it must show who it is.
    pub auth: ClientAuth,
    /// The scope that it must ask for; none means that it may ask for none.
    pub scope: Option<String>,
    /// The audience that it must ask for; none means that it may ask for none.
    pub audience: Option<String>,
}

struct State {
    client: KnownClient,
    expires_in: u64,
    is_down: bool,
    given: Vec<String>,
    refusals: Vec<&'static str>,
}

/// The server. It is gone when this is dropped.
pub struct TokenServer {
    receiver: Receiver,
    state: Arc<Mutex<State>>,
}

impl TokenServer {
    /// Starts one that gives out tokens for an hour each.
    pub async fn start(client: KnownClient) -> Self {
        let receiver = Receiver::start().await;
        let state = Arc::new(Mutex::new(State {
            client,
            expires_in: 3_600,
            is_down: false,
            given: Vec::new(),
            refusals: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        receiver.rule(move |request| shared.lock().unwrap().answer(request));
        Self { receiver, state }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Where tokens are given out.
    pub fn url(&self) -> String {
        self.receiver.url("/token")
    }

    /// All tokens that were given out, in order.
    pub fn given(&self) -> Vec<String> {
        self.lock().given.clone()
    }

    /// Why requests were refused, in order.
    pub fn refusals(&self) -> Vec<&'static str> {
        self.lock().refusals.clone()
    }

    /// How many requests came.
    pub fn requests_count(&self) -> usize {
        self.receiver.requests().len()
    }

    /// For how many seconds the next tokens are good.
    pub fn set_expires_in(&self, secs: u64) {
        self.lock().expires_in = secs;
    }

    /// From now on it answers 503, or no longer.
    pub fn set_down(&self, is_down: bool) {
        self.lock().is_down = is_down;
    }

    /// From now on this is the client that it knows.
    pub fn set_client(&self, client: KnownClient) {
        self.lock().client = client;
    }
}

impl State {
    fn answer(&mut self, request: &Received) -> Reply {
        if self.is_down {
            return 503.into();
        }
        if let Some((status, code)) = self.refuse(request) {
            self.refusals.push(code);
            let description = format!("{} was here", self.client.secret);
            let body = json!({"error": code, "error_description": description});
            return Reply::with_body(status, body.to_string());
        }
        let token = format!("token-{}", self.given.len() + 1);
        self.given.push(token.clone());
        let body =
            json!({"access_token": token, "token_type": "Bearer", "expires_in": self.expires_in});
        Reply::with_body(200, body.to_string())
    }

    fn refuse(&self, request: &Received) -> Option<(u16, &'static str)> {
        let kind = request.header("content-type");
        if request.method != "POST" || kind != "application/x-www-form-urlencoded" {
            return Some((400, "invalid_request"));
        }
        let form = read_form(&String::from_utf8_lossy(&request.body));
        let field = |name: &str| {
            let mut values = form.iter().filter(|(own, _)| own == name);
            let value = values.next().map(|(_, value)| value.as_str());
            if values.next().is_some() {
                Some("twice")
            } else {
                value
            }
        };
        let client = &self.client;
        let shown = match client.auth {
            ClientAuth::Body if request.header("authorization").is_empty() => field("client_id")
                .zip(field("client_secret"))
                .map(|(id, secret)| (id.to_owned(), secret.to_owned())),
            ClientAuth::Basic if field("client_secret").is_none() => {
                read_basic(request.header("authorization"))
            }
            _ => None,
        };
        if shown != Some((client.id.clone(), client.secret.clone())) {
            return Some((401, "invalid_client"));
        }
        if field("grant_type") != Some("client_credentials") {
            return Some((400, "unsupported_grant_type"));
        }
        if field("scope") != client.scope.as_deref() {
            return Some((400, "invalid_scope"));
        }
        (field("audience") != client.audience.as_deref()).then_some((400, "invalid_target"))
    }
}

/// The parts of a form, decoded.
fn read_form(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn read_basic(value: &str) -> Option<(String, String)> {
    let plain = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let plain = String::from_utf8(plain).ok()?;
    let (id, secret) = plain.split_once(':')?;
    Some((decode(id), decode(secret)))
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}
