//! The strokes, what is looked at while they last, and the way back.

use std::time::{Duration, Instant};

use http::Method;
use tokio::task::block_in_place;

use super::{Fault, STOLEN_COUNT_MIN, Scene, Theft, USER};
use crate::client::{Answer, Client};
use crate::postgres::hogs::Hogs;
use crate::postgres::proxy::Cut;
use crate::rig::load::is_good_refusal;
use crate::wait;

/// How long the database is away, or full.
const AWAY_FOR: Duration = Duration::from_millis(1_500);
const READY: &str = "/api/v1/health/ready";

impl Scene {
    /// Does it, and ends when the database is back. Gives the answers that were wrong meanwhile.
    pub(super) async fn strike(&mut self, fault: Fault) -> Vec<String> {
        let cluster = self.database.cluster();
        match fault {
            Fault::Nothing => {}
            Fault::Restart => block_in_place(|| {
                cluster.stop_immediately();
                cluster.start();
            }),
            Fault::Away => {
                block_in_place(|| cluster.stop_immediately());
                let wrong = self.look_while_away(is_good_refusal).await;
                wait::pass(AWAY_FOR).await;
                block_in_place(|| cluster.start());
                return wrong;
            }
            Fault::CutConnections => {
                let count = block_in_place(|| cluster.cut_all_connections());
                assert!(count > 0, "the server had no connection");
            }
            Fault::NoConnections => {
                let hogs = block_in_place(|| self.take_all_connections());
                // The server may have got hold of one again before the others had them all.
                let is_good =
                    |answer: &Answer| is_good_refusal(answer) || matches!(answer.status, 200..=299);
                let wrong = self.look_while_away(is_good).await;
                wait::pass(AWAY_FOR).await;
                drop(hogs);
                return wrong;
            }
            Fault::KillOwner => self.kill(true).await,
            Fault::KillOther => self.kill(false).await,
            Fault::Pause => self.pause().await,
            Fault::CutAtCommit => {
                let before = self.proxy.cuts();
                self.proxy.cut_next(Cut::BehindTheServer);
                let cuts = async || self.proxy.cuts();
                wait::until("a commit to be cut", cuts, |cuts| *cuts > before).await;
            }
        }
        Vec::new()
    }

    /// Takes what is free, ends the server's connections, and takes those, until it has none.
    fn take_all_connections(&self) -> Hogs {
        let cluster = self.database.cluster();
        let hogs = Hogs::take_all(self.database.socket(), "others");
        let count = format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{USER}'");
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{USER}'"
        );
        let began = Instant::now();
        let mut looks_without = 0;
        while looks_without < 3 {
            let is_without = cluster.try_query("postgres", &count).unwrap() == "0";
            looks_without = if is_without { looks_without + 1 } else { 0 };
            cluster.try_query("postgres", &end).unwrap();
            assert!(
                began.elapsed() < wait::PATIENCE,
                "the server keeps a connection"
            );
        }
        hogs
    }

    /// Asks for this and that while the database cannot be reached: the server runs, it is not ready, and
    /// what needs the database says so.
    async fn look_while_away(&self, is_good: impl Fn(&Answer) -> bool) -> Vec<String> {
        let client = Client::new(self.nodes[self.watched].address()).with_key(&self.rig.key);
        let app = &self.rig.app;
        wait::until(
            "the server not to be ready",
            async || client.without_key().get(READY).await.status,
            |status| *status == 503,
        )
        .await;
        let mut wrong = Vec::new();
        let alive = client.without_key().get("/api/v1/health").await.status;
        if alive != 204 {
            wrong.push(format!("health: {alive}"));
        }
        let message = r#"{"eventType":"rig.event","payload":{}}"#;
        for (method, path, body) in [
            (Method::GET, "/api/v1/app".to_owned(), ""),
            (Method::POST, "/api/v1/app".to_owned(), r#"{"name":"x"}"#),
            (Method::GET, format!("/api/v1/app/{app}/msg"), ""),
            (Method::POST, format!("/api/v1/app/{app}/msg"), message),
            (Method::GET, format!("/api/v1/app/{app}/endpoint"), ""),
            (Method::GET, "/api/v1/event-type".to_owned(), ""),
        ] {
            let answer = client.send(method.clone(), &path, body).await;
            if !is_good(&answer) {
                wrong.push(format!(
                    "{method} {path}: {}: {}",
                    answer.status,
                    answer.text()
                ));
            }
        }
        wrong
    }

    /// Waits until every client had its turn and the server says that it is ready. Gives how long that took.
    pub(super) async fn recovery(&self) -> Duration {
        let began = Instant::now();
        let client = Client::new(self.nodes[self.watched].address());
        wait::until(
            "the server to be ready",
            async || client.get(READY).await.status,
            |status| *status == 204,
        )
        .await;
        self.accept_more(self.load_settings.clients_count + 1).await;
        began.elapsed()
    }

    async fn accept_more(&self, count: usize) {
        let wanted = self.load.told.accepted() + count;
        wait::until(
            "messages to be accepted",
            async || self.load.told.accepted(),
            |accepted| *accepted >= wanted,
        )
        .await;
    }

    /// Takes rows away while the load goes on.
    pub(super) fn steal(&self, theft: Theft) {
        let mut stolen = 0;
        let began = Instant::now();
        while stolen < STOLEN_COUNT_MIN {
            let rows = block_in_place(|| self.database.query(theft.sql()));
            stolen += rows.lines().count();
            assert!(began.elapsed() < wait::PATIENCE, "there is nothing to take");
        }
    }
}
