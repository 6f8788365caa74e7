//! One connection to the server, with its prepared statements.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tidings_store::StoreError;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::AbortHandle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Row, Statement};

use crate::connector::{Connector, Refusal};
use crate::failure::Result;

/// What a server process has notified others of.
pub(crate) type Note = (i32, String);

/// A parameter of a statement.
pub(crate) type Parameter<'a> = &'a (dyn ToSql + Sync);

pub(crate) struct Connection {
    client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
    /// The task that reads what arrives.
    reading: AbortHandle,
    /// A server that takes longer to answer than it may has died without a word.
    answer_for_max: Option<Duration>,
}

impl Connection {
    /// Opens a connection. What it receives is read by a task of this runtime.
    pub(crate) async fn open(connector: &Connector) -> Result<Self> {
        Ok(Self::open_listening(connector).await?.0)
    }

    /// Opens a connection and hears what it is notified of, until it ends.
    pub(crate) async fn open_listening(
        connector: &Connector,
    ) -> Result<(Self, UnboundedReceiver<Note>)> {
        let opened = Self::listen(connector).await;
        opened.map_err(|refusal| refusal.while_running().into())
    }

    /// As [`Self::open`], for whoever wants to know why it cannot be opened.
    pub(crate) async fn try_open(connector: &Connector) -> std::result::Result<Self, Refusal> {
        Ok(Self::listen(connector).await?.0)
    }

    async fn listen(
        connector: &Connector,
    ) -> std::result::Result<(Self, UnboundedReceiver<Note>), Refusal> {
        let (client, mut driver) = connector.connect().await?;
        let (heard, notes) = unbounded_channel();
        let reading = tokio::spawn(async move {
            loop {
                match poll_fn(|context| driver.poll_message(context)).await {
                    Some(Ok(AsyncMessage::Notification(note))) => {
                        let note = (note.process_id(), note.payload().to_owned());
                        let _ = heard.send(note); // fails where nobody listens
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => {
                        tracing::debug!("A connection to the database has ended: {error}");
                        return;
                    }
                    None => return,
                }
            }
        });
        let connection = Self {
            client,
            statements: Mutex::default(),
            reading: reading.abort_handle(),
            answer_for_max: connector.answer_for_max(),
        };
        Ok((connection, notes))
    }

    /// For what is not a statement of the list: a copy whose columns are read from the database.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// The answer, or an error if none comes in time; then the connection is of no use any more.
    async fn answered<T>(
        &self,
        asking: impl Future<Output = std::result::Result<T, tokio_postgres::Error>>,
    ) -> Result<T> {
        let Some(limit) = self.answer_for_max else {
            return Ok(asking.await?);
        };
        if let Ok(answer) = tokio::time::timeout(limit, asking).await {
            return Ok(answer?);
        }
        self.reading.abort();
        let why = format!("the database has not answered for {} s", limit.as_secs());
        Err(StoreError::Unavailable(why).into())
    }

    /// Runs statements without parameters.
    pub(crate) async fn run(&self, sql: &str) -> Result<()> {
        self.answered(self.client.batch_execute(sql)).await
    }

    pub(crate) async fn query(
        &self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>> {
        let statement = self.statement(sql).await?;
        self.answered(self.client.query(&statement, parameters))
            .await
    }

    pub(crate) async fn query_one(
        &self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Row> {
        let statement = self.statement(sql).await?;
        self.answered(self.client.query_one(&statement, parameters))
            .await
    }

    pub(crate) async fn query_opt(
        &self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Option<Row>> {
        let statement = self.statement(sql).await?;
        self.answered(self.client.query_opt(&statement, parameters))
            .await
    }

    /// Gives how many rows were touched.
    pub(crate) async fn execute(
        &self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<u64> {
        let statement = self.statement(sql).await?;
        self.answered(self.client.execute(&statement, parameters))
            .await
    }

    /// Gives how many rows were touched by a statement that is not kept.
    pub(crate) async fn execute_once(&self, sql: &str) -> Result<u64> {
        self.answered(self.client.execute(sql, &[])).await
    }

    /// Prepares statements ahead of their first use, all in one go.
    pub(crate) async fn prepare(&self, all: impl Iterator<Item = &'static str>) -> Result<()> {
        let preparing = all.map(|sql| self.statement(sql));
        futures_util::future::try_join_all(preparing).await?;
        Ok(())
    }

    /// The prepared statement, kept for as long as the connection.
    async fn statement(&self, sql: &'static str) -> Result<Statement> {
        if let Some(statement) = self.lock().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.answered(self.client.prepare(sql)).await?;
        self.lock().insert(sql, statement.clone());
        Ok(statement)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, Statement>> {
        self.statements
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
