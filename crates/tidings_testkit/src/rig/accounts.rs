//! What the API says of each message, asked until all have ended.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use http::Method;
use serde_json::Value;
use tokio::task::JoinSet;

use super::{Posted, Rig, Settings};
use crate::app::{rows, text};
use crate::client::{Answer, Client, Connection};
use crate::wait;

/// How many questions are asked at the same time.
const ASKERS_COUNT: usize = 8;
/// How long until what has not ended is asked for again.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// Whether a message has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It is not there.
    Missing,
    /// A delivery of it has not ended, or is not there.
    Open,
    /// Each of its deliveries has ended.
    Ended,
}

/// What the API says of one message.
pub(super) struct Account {
    pub(super) posted: Posted,
    pub(super) state: State,
    /// What the API calls the states of its deliveries.
    pub(super) statuses: Vec<Value>,
    pub(super) delivered: usize,
    pub(super) poisoned: usize,
    /// Attempts with a request, by endpoint id.
    pub(super) attempts: HashMap<String, usize>,
}

/// Asks on one connection.
struct Asker {
    client: Client,
    connection: Connection,
    app: String,
    endpoints_count: usize,
}

impl Rig {
    /// Asks until every message that is there has ended, or time is up.
    pub(super) async fn calm_down(
        &self,
        client: &Client,
        posted: Vec<Posted>,
        settings: &Settings,
    ) -> Vec<Account> {
        let end = Instant::now() + settings.calm_for_max;
        let (mut done, mut left) = (Vec::new(), posted);
        loop {
            let asked = self.ask(client, left).await;
            let is_over = Instant::now() > end;
            let (open, ended) = asked
                .into_iter()
                .partition::<Vec<_>, _>(|one| one.state == State::Open && !is_over);
            done.extend(ended);
            if open.is_empty() {
                return done;
            }
            left = open.into_iter().map(|account| account.posted).collect();
            wait::pass(ASK_AGAIN_AFTER).await;
        }
    }

    async fn ask(&self, client: &Client, posted: Vec<Posted>) -> Vec<Account> {
        let mut askers = JoinSet::new();
        let share = posted.len().div_ceil(ASKERS_COUNT).max(1);
        for part in posted.chunks(share) {
            let connection = Connection::open(client.address()).await.unwrap();
            let asker = Asker {
                client: client.clone(),
                connection,
                app: self.app.clone(),
                endpoints_count: self.endpoints.len(),
            };
            askers.spawn(asker.ask_all(part.to_vec()));
        }
        askers.join_all().await.into_iter().flatten().collect()
    }

    /// The ids of all messages.
    pub(super) async fn list_messages(&self, client: &Client) -> Vec<String> {
        let (mut ids, mut iterator) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/app/{}/msg", self.app);
            let page = format!("{path}?limit=250&with_content=false&iterator={iterator}");
            let answer = client.get(&page).await;
            ids.extend(rows(&answer).iter().map(|row| text(&row["id"])));
            let answer = answer.json();
            if answer["done"] == true {
                return ids;
            }
            iterator = text(&answer["iterator"]);
        }
    }
}

impl Asker {
    async fn ask_all(mut self, posted: Vec<Posted>) -> Vec<Account> {
        let mut accounts = Vec::with_capacity(posted.len());
        for posted in posted {
            accounts.push(self.account(posted).await);
        }
        accounts
    }

    async fn account(&mut self, posted: Posted) -> Account {
        let id = posted.id.clone();
        let mut account = Account {
            posted,
            state: State::Missing,
            statuses: Vec::new(),
            delivered: 0,
            poisoned: 0,
            attempts: HashMap::new(),
        };
        let deliveries = self
            .get(&format!("/msg/{id}/endpoint?expanded_statuses=true"))
            .await;
        if deliveries.status == 404 {
            return account;
        }
        let statuses: Vec<Value> = rows(&deliveries)
            .iter()
            .map(|row| row["status"].clone())
            .collect();
        let count = |status: u64| statuses.iter().filter(|one| **one == status).count();
        let ended = count(0) + count(2) + count(4);
        account.delivered = count(0);
        account.state = if statuses.len() == self.endpoints_count && ended == statuses.len() {
            State::Ended
        } else {
            State::Open
        };
        account.statuses = statuses;
        let attempts = self
            .get(&format!("/attempt/msg/{id}?limit=250&with_content=false"))
            .await;
        for attempt in rows(&attempts) {
            if attempt["outcome"] == "canceled" {
                account.poisoned += usize::from(attempt["error"] == "poison");
                continue;
            }
            *account
                .attempts
                .entry(text(&attempt["endpointId"]))
                .or_default() += 1;
        }
        account
    }

    async fn get(&mut self, rest: &str) -> Answer {
        let path = format!("/api/v1/app/{}{rest}", self.app);
        let answer = self
            .client
            .send_on(&mut self.connection, Method::GET, &path, "");
        answer
            .await
            .unwrap_or_else(|broken| panic!("{path}: {broken:?}"))
    }
}
