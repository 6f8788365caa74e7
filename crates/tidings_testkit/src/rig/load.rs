//! The load: clients that post messages, each with a key of its own, and repeat what was not answered.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Settings;
use crate::app::text;
use crate::chance::Chance;
use crate::client::{Answer, Broken, Client, Connection};

/// Shortest and longest time between two messages of a client.
const BETWEEN_US: (u64, u64) = (500, 6_000);
/// How long to wait before a refused request is repeated.
const AGAIN_AFTER: Duration = Duration::from_millis(20);
/// How long a client waits for an answer before it asks again.
const ANSWER_FOR_MAX: Duration = Duration::from_secs(5);
/// How many wrong refusals are kept for people.
const SHOWN_MAX: usize = 10;
/// Most bytes of filling in a payload.
const FILLING_BYTES_MAX: u64 = 2_000;

/// A message that the server has accepted.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The idempotency key, which is in the payload too.
    pub key: String,
    /// The payload, byte for byte.
    pub payload: Bytes,
    /// The id that the server gave.
    pub id: String,
    /// How many requests it took.
    pub requests_count: usize,
}

/// What clients were told, while they go on.
#[derive(Debug, Default)]
pub(crate) struct Told {
    accepted: AtomicUsize,
    refused: AtomicUsize,
    slowest_refusal_ms: AtomicUsize,
    wrong: Mutex<Vec<String>>,
}

/// Running clients.
pub(crate) struct Load {
    clients: JoinSet<Vec<Posted>>,
    is_over: Arc<AtomicBool>,
    pub(crate) told: Arc<Told>,
}

impl Load {
    pub(crate) fn start(
        key: &str,
        app: &str,
        addresses: &watch::Receiver<Vec<SocketAddr>>,
        settings: &Settings,
    ) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let told = Arc::new(Told::default());
        let mut clients = JoinSet::new();
        for number in 0..settings.clients_count {
            let poster = Poster {
                number,
                key: key.to_owned(),
                path: format!("/api/v1/app/{app}/msg"),
                addresses: addresses.clone(),
                connection: None,
                chance: Chance::new(
                    settings
                        .seed
                        .wrapping_mul(1_000)
                        .wrapping_add(number as u64),
                ),
            };
            clients.spawn(poster.run(is_over.clone(), told.clone()));
        }
        Self {
            clients,
            is_over,
            told,
        }
    }

    /// Lets every client get the answer to its last message, and gives all that was accepted.
    pub(crate) async fn finish(self) -> Vec<Posted> {
        self.is_over.store(true, Ordering::Relaxed);
        let posted = self.clients.join_all().await;
        posted.into_iter().flatten().collect()
    }
}

impl Told {
    /// How many messages were accepted.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    /// How many requests were refused.
    pub(crate) fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// How long the slowest of these took.
    pub(crate) fn slowest_refusal(&self) -> Duration {
        let slowest = self.slowest_refusal_ms.load(Ordering::Relaxed);
        Duration::from_millis(u64::try_from(slowest).unwrap())
    }

    /// Refusals that do not say what they should, some of them.
    pub(crate) fn wrong(&self) -> Vec<String> {
        self.wrong.lock().unwrap().clone()
    }

    fn refuse(&self, answer: &Answer, after: Duration) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        let after = usize::try_from(after.as_millis()).unwrap();
        self.slowest_refusal_ms.fetch_max(after, Ordering::Relaxed);
        let mut wrong = self.wrong.lock().unwrap();
        if !is_good_refusal(answer) && wrong.len() < SHOWN_MAX {
            wrong.push(format!("{}: {}", answer.status, answer.text()));
        }
    }
}

/// Whether an answer says that it is a matter of time, how long to wait, and, to people, why.
pub(crate) fn is_good_refusal(answer: &Answer) -> bool {
    let is_told_when = answer.header("retry-after").parse::<u64>();
    let detail = serde_json::from_slice::<serde_json::Value>(&answer.body);
    let detail = detail
        .ok()
        .and_then(|body| Some(body["detail"].as_str()?.len()));
    answer.status == 503
        && is_told_when.is_ok_and(|seconds| seconds >= 1)
        && detail.is_some_and(|length| length > 0)
}

struct Poster {
    number: usize,
    key: String,
    path: String,
    addresses: watch::Receiver<Vec<SocketAddr>>,
    connection: Option<(SocketAddr, Connection)>,
    chance: Chance,
}

impl Poster {
    async fn run(mut self, is_over: Arc<AtomicBool>, told: Arc<Told>) -> Vec<Posted> {
        let mut posted = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            let key = format!("c{}-{}", self.number, posted.len());
            posted.push(self.post(key, &told).await);
            told.accepted.fetch_add(1, Ordering::Relaxed);
            let between = self.chance.between(BETWEEN_US.0, BETWEEN_US.1);
            tokio::time::sleep(Duration::from_micros(between)).await; // tidy: waits for the next event to happen
        }
        posted
    }

    /// Posts until it is accepted; each time to the next server, where there are several.
    async fn post(&mut self, key: String, told: &Told) -> Posted {
        let filling = usize::try_from(self.chance.between(0, FILLING_BYTES_MAX)).unwrap();
        let filling = format!("{:016x}", self.chance.number()).repeat(filling / 16);
        let payload = format!(r#"{{ "key":"{key}", "filling":"{filling}" }}"#);
        let body = Bytes::from(format!(
            r#"{{"eventType":"rig.event","payload":{payload}}}"#
        ));
        let mut requests_count = 0;
        loop {
            requests_count += 1;
            let asked_at = Instant::now();
            let place = self.number + requests_count;
            match self.try_post(&key, body.clone(), place).await {
                Ok(answer) if answer.status == 202 => {
                    return Posted {
                        key,
                        payload: payload.into(),
                        id: text(&answer.json()["id"]),
                        requests_count,
                    };
                }
                Ok(answer) => {
                    let is_fault = matches!(answer.status, 500 | 503);
                    assert!(is_fault, "{}: {}", answer.status, answer.text());
                    told.refuse(&answer, asked_at.elapsed());
                }
                Err(Broken(_)) => self.connection = None,
            }
            tokio::time::sleep(AGAIN_AFTER).await; // tidy: waits for the server to come back
        }
    }

    async fn try_post(&mut self, key: &str, body: Bytes, place: usize) -> Result<Answer, Broken> {
        let up = self.addresses.wait_for(|all| !all.is_empty()).await;
        let address = {
            let up = up.expect("the rig outlives its load");
            up[place % up.len()]
        };
        let client = Client::new(address)
            .with_key(&self.key)
            .with_header("idempotency-key", key);
        let mut connection = match self.connection.take() {
            Some((to, connection)) if to == address => connection,
            _ => Connection::open(address).await?,
        };
        let url = format!("{}?with_content=false", self.path);
        let answer = client.send_on(&mut connection, Method::POST, &url, body);
        let answer = tokio::time::timeout(ANSWER_FOR_MAX, answer).await;
        let answer = answer.map_err(|_| Broken("no answer in time".to_owned()))??;
        self.connection = Some((address, connection));
        Ok(answer)
    }
}
