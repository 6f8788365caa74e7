//! The server that is read from: page by page, and again where it asks for time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::commands::client::{Client, ClientError};

/// How many rows a page has.
const PAGE_ROWS: usize = 100;
/// How often a call is made before its failure counts.
const TRIES_MAX: u32 = 6;
/// How long is waited after the first failure; twice as long after each further one.
const WAIT_FIRST: Duration = Duration::from_millis(250);
/// The longest that the source may ask to be left alone, in seconds.
const RETRY_AFTER_SECS_MAX: u64 = 120;

pub(super) struct Source {
    client: Client,
    /// Whether it has said that it has no transformations at all, so that it need not be asked for each endpoint.
    lacks_transformations: AtomicBool,
}

/// A page of a list.
pub(super) struct SourcePage {
    pub(super) rows: Vec<Value>,
    /// The iterator of the next one, if there is one.
    pub(super) next: Option<String>,
}

impl Source {
    pub(super) fn new(url: &str, token: &str) -> anyhow::Result<Self> {
        let url = url.trim_end_matches('/');
        let url = url.strip_suffix("/api/v1").unwrap_or(url);
        let client = Client::new(url, token)?;
        Ok(Self {
            client,
            lacks_transformations: AtomicBool::new(false),
        })
    }

    pub(super) fn url(&self) -> &str {
        self.client.url()
    }

    /// Asks for something, as often as it may still work.
    pub(super) async fn get(&self, path: &str) -> Result<Value, ClientError> {
        let mut wait = WAIT_FIRST;
        for _ in 1..TRIES_MAX {
            let error = match self.client.get(path).await {
                Err(error) if error.may_pass() => error,
                result => return result,
            };
            let asked = match &error {
                ClientError::Refused { retry_after, .. } => retry_after.unwrap_or_default(),
                ClientError::Unreachable { .. } => 0,
            };
            if asked > RETRY_AFTER_SECS_MAX {
                return Err(error);
            }
            tokio::time::sleep(wait.max(Duration::from_secs(asked))).await;
            wait *= 2;
        }
        self.client.get(path).await
    }

    /// The same, but none if the source has no such thing or does not give it out.
    pub(super) async fn find(&self, path: &str) -> Result<Option<Value>, ClientError> {
        match self.get(path).await {
            Ok(found) => Ok(Some(found)),
            Err(ClientError::Refused {
                status: 400 | 403..=499 | 501,
                ..
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What an endpoint does to its payloads before they are sent, if anything.
    pub(super) async fn transformation(
        &self,
        endpoint: &str,
    ) -> Result<Option<Value>, ClientError> {
        if self.lacks_transformations.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match self.get(&format!("{endpoint}/transformation")).await {
            Ok(found) => Ok(Some(found)),
            Err(ClientError::Refused {
                status: 405 | 501, ..
            }) => {
                self.lacks_transformations.store(true, Ordering::Relaxed);
                Ok(None)
            }
            Err(ClientError::Refused {
                status: 403 | 404, ..
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A page of a list, from an iterator on.
    pub(super) async fn page(
        &self,
        path: &str,
        iterator: Option<&str>,
    ) -> Result<SourcePage, ClientError> {
        let sign = if path.contains('?') { '&' } else { '?' };
        let mut asked = format!("{path}{sign}limit={PAGE_ROWS}");
        if let Some(iterator) = iterator {
            asked.push_str("&iterator=");
            asked.push_str(&crate::commands::client::segment(iterator));
        }
        let mut answer = self.get(&asked).await?;
        let wrong = |why: &str| ClientError::Unreachable {
            url: format!("{}/api/v1{path}", self.url()),
            why: format!("the answer is no page of a list: {why}"),
        };
        let Some(Value::Array(rows)) = answer.get_mut("data").map(Value::take) else {
            return Err(wrong("it has no `data`"));
        };
        let is_done = answer["done"].as_bool();
        let next = answer["iterator"].as_str().filter(|next| !next.is_empty());
        let next = match (is_done, next) {
            (Some(true), _) => None,
            (Some(false), None) => return Err(wrong("there is more, and no `iterator`")),
            (None, _) => return Err(wrong("it has no `done`")),
            (Some(false), Some(next)) if Some(next) == iterator => {
                return Err(wrong("its `iterator` leads to itself"));
            }
            (Some(false), Some(next)) => Some(next.to_owned()),
        };
        Ok(SourcePage { rows, next })
    }
}
