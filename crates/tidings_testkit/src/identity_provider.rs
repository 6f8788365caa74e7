//! An identity provider (OIDC) with one client, and people who say who they are.
//!
//! It checks what a client asks by the specifications and refuses what is wrong. It reads requests with code of its own,
//! so that a mistake of the program is not made twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData as _, SigningKey as _};
use serde_json::{Value, json};

use crate::receiver::{Received, Receiver, Reply};

/// Whom it knows, and with which secret.
pub const CLIENT: (&str, &str) = ("tidings", "s3cret & more");

struct State {
    issuer: String,
    key: KeyPair,
    kid: String,
    /// What was asked of the browser, by the code that it was given.
    codes: HashMap<String, (HashMap<String, String>, Value)>,
    is_down: bool,
    refusals: Vec<String>,
}

/// The provider. It is gone when this is dropped.
pub struct IdentityProvider {
    receiver: Receiver,
    state: Arc<Mutex<State>>,
}

impl IdentityProvider {
    /// Starts one.
    pub async fn start() -> Self {
        let receiver = Receiver::start().await;
        let state = Arc::new(Mutex::new(State {
            issuer: receiver.url("/realm"),
            key: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(),
            kid: "first".to_owned(),
            codes: HashMap::new(),
            is_down: false,
            refusals: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        receiver.rule(move |request| shared.lock().unwrap().answer(request));
        Self { receiver, state }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// As what it names itself.
    pub fn issuer(&self) -> String {
        self.receiver.url("/realm")
    }

    /// From now on it answers 503.
    pub fn fail(&self) {
        self.lock().is_down = true;
    }

    /// It signs with another key from now on.
    pub fn replace_key(&self) {
        let mut state = self.lock();
        state.key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        "second".clone_into(&mut state.kid);
    }

    /// What it has refused, and why.
    pub fn refusals(&self) -> Vec<String> {
        self.lock().refusals.clone()
    }

    /// Signs somebody in at the page that a browser was sent to. Gives where it sends the browser back to; these claims go
    /// into the token beside the usual ones, or in place of them.
    pub fn sign_in(&self, page: &str, claims: Value) -> String {
        let (path, query) = page.split_once('?').unwrap();
        assert_eq!(path, self.receiver.url("/realm/authorize"));
        let asked = fields(query);
        let code = format!("code-{}", self.lock().codes.len());
        let (to, state) = (asked["redirect_uri"].clone(), asked["state"].clone());
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT.0);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|one| one == "openid"));
        self.lock().codes.insert(code.clone(), (asked, claims));
        format!("{to}?code={code}&state={state}")
    }
}

/// Fields as browsers write them.
fn fields(text: &str) -> HashMap<String, String> {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    let digits = String::from_utf8(digits.to_vec()).unwrap();
                    u8::from_str_radix(&digits, 16).unwrap()
                }
                other => other,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

impl State {
    fn answer(&mut self, request: &Received) -> Reply {
        if self.is_down {
            return Reply::from(503);
        }
        let answer = match request.path.as_str() {
            "/realm/.well-known/openid-configuration" => self.document(),
            "/realm/keys" => self.keys(),
            "/realm/token" => match self.token(request) {
                Ok(token) => token,
                Err(why) => {
                    self.refusals.push(why.to_owned());
                    let body = json!({"error": "invalid_grant", "error_description": why});
                    return Reply::with_body(400, body.to_string());
                }
            },
            _ => return Reply::from(404),
        };
        Reply::with_body(200, answer.to_string())
    }

    fn document(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"), "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        })
    }

    fn keys(&self) -> Value {
        let point = &self.key.der_bytes()[1..];
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"keys": [
            {"kty": "oct", "k": "AAAA", "kid": "of another kind"},
            {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid, "x": text(&point[..32]), "y": text(&point[32..])},
        ]})
    }

    fn token(&mut self, request: &Received) -> Result<Value, &'static str> {
        let basic = request.header("authorization");
        let basic = basic.strip_prefix("Basic ").ok_or("no client")?;
        let basic = STANDARD.decode(basic).map_err(|_| "no client")?;
        let basic = String::from_utf8(basic).map_err(|_| "no client")?;
        let (id, secret) = basic.split_once(':').ok_or("no client")?;
        let pair = fields(&format!("id={id}&secret={secret}"));
        if (pair["id"].as_str(), pair["secret"].as_str()) != CLIENT {
            return Err("another client");
        }
        let form = String::from_utf8(request.body.to_vec()).map_err(|_| "no form")?;
        let form = fields(&form);
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        if field("grant_type") != "authorization_code" {
            return Err("another grant");
        }
        // A code is good once.
        let (asked, claims) = self.codes.remove(field("code")).ok_or("no such code")?;
        if field("redirect_uri") != asked["redirect_uri"] {
            return Err("another redirect_uri");
        }
        let digest = sha256(field("code_verifier").as_bytes());
        if URL_SAFE_NO_PAD.encode(digest) != asked["code_challenge"] {
            return Err("another verifier");
        }
        Ok(
            json!({"access_token": "x", "token_type": "Bearer", "id_token": self.sign(&asked["nonce"], &claims)}),
        )
    }

    fn sign(&self, nonce: &str, claims: &Value) -> String {
        let now = crate::wait::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.unwrap().as_secs();
        let mut all = json!({
            "iss": self.issuer, "aud": CLIENT.0, "sub": "1", "iat": now, "exp": now + 300, "nonce": nonce,
            "email_verified": true,
        });
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        let head = json!({"alg": "ES256", "kid": self.kid});
        let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", text(&head), text(&all));
        let signature = flat(&self.key.sign(signed.as_bytes()).unwrap());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    use rustls::crypto::aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256;
    let suite = TLS13_AES_128_GCM_SHA256.tls13().unwrap();
    suite.common.hash_provider.hash(bytes).as_ref().to_vec()
}

/// The two numbers of a signature one behind the other, as tokens have them; certificates have them in DER.
fn flat(der: &[u8]) -> Vec<u8> {
    let number = |at: usize| {
        let length = usize::from(der[at + 1]);
        let bytes = &der[at + 2..at + 2 + length];
        let start = length.saturating_sub(32);
        let bytes = &bytes[start..];
        let padded = [vec![0; 32 - bytes.len()], bytes.to_vec()].concat();
        (padded, at + 2 + length)
    };
    let (first, next) = number(2);
    let (second, _) = number(next);
    [first, second].concat()
}
