//! One connection to the server, with its prepared statements.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row, Statement};

use crate::failure::Result;

/// How long to wait for the server to answer the telephone.
const CONNECT_FOR_MAX: Duration = Duration::from_secs(5);
/// No statement of ours takes longer; one that does is stuck. In milliseconds.
const STATEMENT_FOR_MAX_MS: u32 = 30_000;

/// A parameter of a statement.
pub(crate) type Parameter<'a> = &'a (dyn ToSql + Sync);

pub(crate) struct Connection {
    client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
}

/// What we ask of every connection, beside what its owner wrote.
pub(crate) fn configure(mut config: Config) -> Config {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_FOR_MAX);
    }
    if config.get_application_name().is_none() {
        config.application_name("tidings");
    }
    let ours =
        format!("-c statement_timeout={STATEMENT_FOR_MAX_MS} -c client_min_messages=warning");
    let options = match config.get_options() {
        Some(theirs) => format!("{ours} {theirs}"),
        None => ours,
    };
    config.options(options);
    config
}

impl Connection {
    /// Opens a connection. What it receives is read by a task of this runtime.
    pub(crate) async fn open(config: &Config) -> Result<Self> {
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("A connection to the database has ended: {error}");
            }
        });
        Ok(Self {
            client,
            statements: Mutex::default(),
        })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements without parameters.
    pub(crate) async fn run(&self, sql: &str) -> Result<()> {
        Ok(self.client.batch_execute(sql).await?)
    }

    pub(crate) async fn query(
        &self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query(&statement, parameters).await?)
    }

    pub(crate) async fn query_one(
        &self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Row> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query_one(&statement, parameters).await?)
    }

    pub(crate) async fn query_opt(
        &self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<Option<Row>> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query_opt(&statement, parameters).await?)
    }

    /// Gives how many rows were touched.
    pub(crate) async fn execute(
        &self,
        sql: &'static str,
        parameters: &[Parameter<'_>],
    ) -> Result<u64> {
        let statement = self.statement(sql).await?;
        Ok(self.client.execute(&statement, parameters).await?)
    }

    /// The prepared statement, kept for as long as the connection.
    async fn statement(&self, sql: &'static str) -> Result<Statement> {
        if let Some(statement) = self.lock().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.lock().insert(sql, statement.clone());
        Ok(statement)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, Statement>> {
        self.statements
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
