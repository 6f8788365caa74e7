//! The load: clients that post messages, each with a key of its own, and repeat what was not answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

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

/// Running clients.
pub(super) struct Load {
    clients: JoinSet<Vec<Posted>>,
    is_over: Arc<AtomicBool>,
}

impl Load {
    pub(super) fn start(
        key: &str,
        app: &str,
        address: &watch::Receiver<Option<SocketAddr>>,
        settings: &Settings,
    ) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        for number in 0..settings.clients_count {
            let poster = Poster {
                name: format!("c{number}"),
                key: key.to_owned(),
                path: format!("/api/v1/app/{app}/msg"),
                address: address.clone(),
                connection: None,
                chance: Chance::new(
                    settings
                        .seed
                        .wrapping_mul(1_000)
                        .wrapping_add(number as u64),
                ),
            };
            clients.spawn(poster.run(is_over.clone()));
        }
        Self { clients, is_over }
    }

    /// Lets every client get the answer to its last message, and gives all that was accepted.
    pub(super) async fn finish(self) -> Vec<Posted> {
        self.is_over.store(true, Ordering::Relaxed);
        let posted = self.clients.join_all().await;
        posted.into_iter().flatten().collect()
    }
}

struct Poster {
    name: String,
    key: String,
    path: String,
    address: watch::Receiver<Option<SocketAddr>>,
    connection: Option<(SocketAddr, Connection)>,
    chance: Chance,
}

impl Poster {
    async fn run(mut self, is_over: Arc<AtomicBool>) -> Vec<Posted> {
        let mut posted = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            let key = format!("{}-{}", self.name, posted.len());
            posted.push(self.post(key).await);
            let between = self.chance.between(BETWEEN_US.0, BETWEEN_US.1);
            tokio::time::sleep(Duration::from_micros(between)).await; // tidy: waits for the next event to happen
        }
        posted
    }

    /// Posts until there is an answer.
    async fn post(&mut self, key: String) -> Posted {
        let filling = usize::try_from(self.chance.between(0, FILLING_BYTES_MAX)).unwrap();
        let filling = format!("{:016x}", self.chance.number()).repeat(filling / 16);
        let payload = format!(r#"{{ "key":"{key}", "filling":"{filling}" }}"#);
        let body = Bytes::from(format!(
            r#"{{"eventType":"rig.event","payload":{payload}}}"#
        ));
        let mut requests_count = 0;
        loop {
            requests_count += 1;
            match self.try_post(&key, body.clone()).await {
                Ok(answer) if answer.status == 202 => {
                    return Posted {
                        key,
                        payload: payload.into(),
                        id: text(&answer.json()["id"]),
                        requests_count,
                    };
                }
                Ok(answer) => assert!(
                    matches!(answer.status, 500 | 503),
                    "{}: {}",
                    answer.status,
                    answer.text()
                ),
                Err(Broken(_)) => self.connection = None,
            }
            tokio::time::sleep(AGAIN_AFTER).await; // tidy: waits for the server to come back
        }
    }

    async fn try_post(&mut self, key: &str, body: Bytes) -> Result<Answer, Broken> {
        let up = self.address.wait_for(Option::is_some).await;
        let address = up
            .expect("the rig outlives its load")
            .expect("it was waited for");
        let client = Client::new(address)
            .with_key(&self.key)
            .with_header("idempotency-key", key);
        let mut connection = match self.connection.take() {
            Some((to, connection)) if to == address => connection,
            _ => Connection::open(address).await?,
        };
        let url = format!("{}?with_content=false", self.path);
        let answer = client
            .send_on(&mut connection, Method::POST, &url, body)
            .await?;
        self.connection = Some((address, connection));
        Ok(answer)
    }
}
