//! Which engine keeps the rows: chosen by the setting `store`, and a [`Store`] like any other from then on.

use std::sync::Arc;

use anyhow::bail;
use tidings_store::{Handover, Store, StoreError};
use tidings_store_postgres::PostgresStore;
use tidings_store_sqlite::SqliteStore;

use crate::commands::Usage;
use crate::config::{Role, Settings};

/// What a process does with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// It accepts and delivers.
    Serve,
    /// It changes the configuration, beside a server or without one.
    Configure,
}

/// Where the rows are, and how to get there.
pub(crate) enum Location {
    Sqlite(tidings_store_sqlite::Options),
    Postgres(tidings_store_postgres::Options),
}

impl Location {
    /// What the settings name. Nothing is opened.
    pub(crate) fn of(settings: &Settings, purpose: Use) -> anyhow::Result<Self> {
        let folder = match settings.store.split_once(':') {
            None if settings.store.is_empty() => settings.data.clone(),
            Some(("sqlite", folder)) if !folder.is_empty() => folder.into(),
            Some(("postgres" | "postgresql", _)) => {
                return Ok(Self::Postgres(postgres_options(settings)));
            }
            // What was meant as an address may hold a password, so it is not shown.
            _ => bail!(Usage(
                "the setting `store` cannot be read; write sqlite:FOLDER, \
                 postgres://USER@HOST/DATABASE, or nothing"
                    .into()
            )),
        };
        if settings.role != Role::All {
            bail!(Usage(
                "the role of a node can only be set on PostgreSQL; on SQLite there is one node, which \
                 does everything"
                    .into()
            ));
        }
        let mut options = tidings_store_sqlite::Options::server(folder);
        options.is_server = purpose == Use::Serve;
        options.synchronous = settings.sqlite_synchronous;
        Ok(Self::Sqlite(options))
    }
}

/// An opened store, and what only its opener may do with it.
pub(crate) enum Engine {
    Sqlite(Arc<SqliteStore>),
    Postgres(Arc<PostgresStore>),
}

impl Engine {
    pub(crate) async fn open(settings: &Settings, purpose: Use) -> anyhow::Result<Self> {
        match Location::of(settings, purpose)? {
            Location::Sqlite(options) => {
                let store = SqliteStore::open(&options)?;
                Ok(Self::Sqlite(Arc::new(store)))
            }
            Location::Postgres(options) => {
                if purpose == Use::Serve {
                    refuse_risks(&options, &settings.store_allow_unsafe).await?;
                }
                let store = PostgresStore::open(&options).await?;
                Ok(Self::Postgres(Arc::new(store)))
            }
        }
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(store) => store.clone(),
            Self::Postgres(store) => store.clone(),
        }
    }

    /// Says where deliveries go.
    pub(crate) fn set_handover(&self, handover: Arc<dyn Handover>) {
        match self {
            Self::Sqlite(store) => store.set_handover(handover),
            Self::Postgres(store) => store.set_handover(handover),
        }
    }

    /// Ends the store, after everything that was asked for is on disk.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

/// A 202 says that a message is on the disk. Where the database's settings make that untrue, whoever runs
/// it must have said so.
async fn refuse_risks(
    options: &tidings_store_postgres::Options,
    allowed: &[String],
) -> anyhow::Result<()> {
    for risk in tidings_store_postgres::server::risks(options).await? {
        let (setting, value, why) = (risk.setting, risk.value, risk.why);
        if !allowed.iter().any(|name| name == setting) {
            let why = format!(
                "the database has {setting} = {value}: {why}; set it to on, or name {setting} in the \
                 setting `store_allow_unsafe` if that is what you want"
            );
            return Err(StoreError::Unusable(why).into());
        }
        tracing::warn!(
            "The database has {setting} = {value}: {why}. Allowed by `store_allow_unsafe`"
        );
    }
    Ok(())
}

/// The writer has a connection of its own, and so has what goes on beside it.
const CONNECTIONS_BESIDE_READERS: usize = 2;

/// How to reach the database that the setting `store` names.
pub(crate) fn postgres_options(settings: &Settings) -> tidings_store_postgres::Options {
    let readers_count_max = settings
        .store_connections_max
        .saturating_sub(CONNECTIONS_BESIDE_READERS)
        .max(1);
    tidings_store_postgres::Options {
        readers_count_max,
        delivers: settings.role != Role::Api,
        lease_for: settings.node_lease,
        renew_every: settings.node_lease / 3,
        password_file: settings.store_password_file.clone(),
        ca_file: settings.store_ca_file.clone(),
        connect_for_max: settings.store_connect_timeout,
        statement_for_max: settings.store_statement_timeout,
        lock_for_max: settings.store_lock_timeout,
        ..tidings_store_postgres::Options::new(settings.store.clone())
    }
}
