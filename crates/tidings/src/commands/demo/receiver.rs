//! The demo's receiver: what a customer of the product would run.
//!
//! It knows nothing of the server but the endpoint's secret, and verifies each request with it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use anyhow::Context as _;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tidings_domain::clock::{Clock as _, SystemClock};
use tidings_domain::signature::VerifyingKeys;
use tokio::net::TcpListener;

/// The message that is turned away once, counted from 1.
const TURNED_AWAY: usize = 4;
/// Longest body that is taken.
const BODY_BYTES_MAX: usize = 1 << 20;

/// What a request's signature is worth; an error says what is wrong.
pub(super) type Verdict = Result<(), String>;

/// Answers on a free port of this machine until dropped.
pub(super) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    keys: OnceLock<VerifyingKeys>,
    /// For each message, a verdict for each request of it.
    seen: Mutex<HashMap<String, Vec<Verdict>>>,
}

impl Receiver {
    /// Starts to listen.
    pub(super) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.context("the demo's receiver found no free port")?;
        let shared = Arc::new(Shared::default());
        Ok(Self {
            address: listener.local_addr()?,
            accepting: tokio::spawn(accept(listener, shared.clone())),
            shared,
        })
    }

    /// Where it takes webhooks.
    pub(super) fn url(&self) -> String {
        format!("http://{}/webhooks", self.address)
    }

    /// Gives it the endpoint's secret, without which it trusts nobody.
    pub(super) fn trust(&self, keys: VerifyingKeys) {
        let _ = self.shared.keys.set(keys); // the first one stands
    }

    /// What the signature of a message's request was worth, counted from 1.
    pub(super) fn verdict(&self, message: &str, request: u64) -> Option<Verdict> {
        let place = usize::try_from(request).ok()?.checked_sub(1)?;
        self.shared.seen().get(message)?.get(place).cloned()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let shared = shared.clone();
        let service = service_fn(move |request| answer(shared.clone(), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let status = match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(body) => shared.take(&head.headers, &body.to_bytes()),
        Err(_) => StatusCode::BAD_REQUEST,
    };
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    Ok(response)
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, HashMap<String, Vec<Verdict>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request and gives the status of its answer.
    fn take(&self, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        let verdict = self.verify(headers, body);
        let is_verified = verdict.is_ok();
        let id = headers.get("webhook-id").and_then(|id| id.to_str().ok());
        let mut seen = self.seen();
        let requests = seen.entry(id.unwrap_or_default().to_owned()).or_default();
        requests.push(verdict);
        let is_first_request = requests.len() == 1;
        if !is_verified {
            StatusCode::UNAUTHORIZED
        } else if is_first_request && seen.len() == TURNED_AWAY {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::OK
        }
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Verdict {
        let keys = self.keys.get().ok_or("there is no secret to verify with")?;
        let headers = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()));
        let now_s = SystemClock.now_ms().div_euclid(1000);
        let verified = keys.verify(headers, body, now_s);
        verified.map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use tidings_domain::clock::SeededEntropy;
    use tidings_domain::signature::{Secret, SigningKeys};

    use super::*;

    fn signed(keys: &SigningKeys, id: &str, body: &[u8]) -> HeaderMap {
        let now_s = SystemClock.now_ms().div_euclid(1000);
        let mut signature = String::new();
        keys.sign_into(&mut signature, id, now_s, body);
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", id.parse().unwrap());
        headers.insert("webhook-timestamp", now_s.into());
        headers.insert("webhook-signature", signature.parse().unwrap());
        headers
    }

    #[test]
    fn the_fourth_message_is_turned_away_once_and_a_wrong_signature_always() {
        let secret = Secret::generate(&SeededEntropy::new(1));
        let (signing, shared) = (SigningKeys::new([&secret]), Shared::default());
        let take = |id: &str, body: &[u8]| {
            let status = shared.take(&signed(&signing, id, b"{}"), body);
            status.as_u16()
        };
        assert_eq!(take("m0", b"{}"), 401, "no secret is known yet");
        let _ = shared.keys.set(VerifyingKeys::new([&secret]));
        assert_eq!(take("m0", b"{}"), 200);
        assert_eq!(take("m1", b"{ }"), 401, "the body was changed");
        assert_eq!(take("m1", b"{}"), 200);
        assert_eq!(take("m2", b"{}"), 200);
        assert_eq!(take("m3", b"{}"), 503);
        assert_eq!(take("m3", b"{}"), 200);
        assert_eq!(take("m4", b"{}"), 200);
        assert!(shared.seen()["m1"][0].is_err() && shared.seen()["m1"][1].is_ok());
    }
}
