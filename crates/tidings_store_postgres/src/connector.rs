//! How connections are made: where to, with which password, TLS and limits, and what it means if that
//! fails.
//!
//! The address is read as libpq reads it (`address`), TLS is rustls (`tls`), and every failure becomes
//! one line for people (`explain`). The password never leaves this file.

mod address;
mod explain;
mod tls;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tidings_store::StoreError;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Socket};

use crate::Options;
use address::{Address, Encryption};
use tls::Tls;

pub(crate) use explain::Refusal;

/// The connection's own half, to be polled by a task.
type Driver = tokio_postgres::Connection<Socket, <Tls as MakeTlsConnect<Socket>>::Stream>;

/// How long the database's machine may leave what was sent unacknowledged, or say nothing at all.
const SILENT_FOR_MAX: Duration = Duration::from_secs(10);

/// Makes connections to one database.
pub(crate) struct Connector {
    config: Config,
    tls: Tls,
    encryption: Encryption,
    password_file: Option<PathBuf>,
    connect_for_max: Duration,
    statement_for_max: Duration,
}

/// How much longer than a statement may take its answer may be under way.
const ANSWER_ON_ITS_WAY: Duration = Duration::from_secs(5);

/// A machine that is gone says nothing any more: its connections end after [`SILENT_FOR_MAX`], not after the
/// two hours that the system would wait. What the address says itself counts.
fn notice_silence(config: &mut Config) {
    let unchanged = Config::new();
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENT_FOR_MAX);
    }
    if config.get_keepalives_idle() == unchanged.get_keepalives_idle() {
        config.keepalives_idle(SILENT_FOR_MAX / 2);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(SILENT_FOR_MAX / 4);
    }
    if config.get_keepalives_retries().is_none() {
        config.keepalives_retries(2);
    }
}

impl Connector {
    /// Reads the address and the certificates. Connects to nothing yet.
    pub(crate) fn new(options: &Options) -> Result<Self, StoreError> {
        let mut address = Address::read(&options.url)?;
        if let Some(file) = &options.ca_file {
            address.tls.roots = address::Roots::File(file.clone());
        }
        let tls = Tls::new(&address.tls)?;
        let mut config = address.config;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(StoreError::Unusable(
                "the address of the database names no host; write postgres://USER@HOST/DATABASE"
                    .into(),
            ));
        }
        config.ssl_mode(ssl_mode(&config, address.tls.encryption));
        if config.get_application_name().is_none() {
            config.application_name(options.application_name.unwrap_or("tidings"));
        }
        let millis = |limit: Duration| limit.as_millis();
        let ours = format!(
            "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={} \
             -c client_min_messages=warning",
            millis(options.statement_for_max),
            millis(options.lock_for_max),
            // A node that is paused or cut off in the middle of a batch holds its journal's row: it must
            // not keep it for longer than its lease, for others take over from it then.
            millis(options.lease_for)
        );
        let all = match config.get_options() {
            Some(theirs) => format!("{ours} {theirs}"),
            None => ours,
        };
        config.options(all);
        let connect_for_max = *config
            .get_connect_timeout()
            .unwrap_or(&options.connect_for_max);
        config.connect_timeout(connect_for_max);
        notice_silence(&mut config);
        // Of several hosts the one that takes writes; never a standby, which would read what is old.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self {
            config,
            tls,
            encryption: address.tls.encryption,
            password_file: options.password_file.clone(),
            connect_for_max,
            statement_for_max: options.statement_for_max,
        })
    }

    /// How long to wait for an answer: somewhat longer than the server lets a statement take, for ever if it
    /// has no limit.
    pub(crate) fn answer_for_max(&self) -> Option<Duration> {
        let limit = self.statement_for_max;
        (!limit.is_zero()).then(|| limit + ANSWER_ON_ITS_WAY)
    }

    /// The same for another server of the same database.
    pub(crate) fn elsewhere(&self, host: &str, port: u16) -> Self {
        let known = &self.config;
        let mut config = Config::new();
        config.host(host).port(port);
        if let Some(user) = known.get_user() {
            config.user(user);
        }
        if let Some(password) = known.get_password() {
            config.password(password);
        }
        if let Some(database) = known.get_dbname() {
            config.dbname(database);
        }
        if let Some(options) = known.get_options() {
            config.options(options);
        }
        if let Some(name) = known.get_application_name() {
            config.application_name(name);
        }
        config.ssl_mode(ssl_mode(&config, self.encryption));
        config.channel_binding(known.get_channel_binding());
        config.connect_timeout(self.connect_for_max);
        notice_silence(&mut config);
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        Self {
            config,
            tls: self.tls.clone(),
            encryption: self.encryption,
            password_file: self.password_file.clone(),
            connect_for_max: self.connect_for_max,
            statement_for_max: self.statement_for_max,
        }
    }

    /// The same for one who only looks: a standby will do.
    pub(crate) fn for_any_server(mut self) -> Self {
        self.config.target_session_attrs(TargetSessionAttrs::Any);
        self
    }

    /// Connects. The client works as long as somebody polls the driver.
    pub(crate) async fn connect(&self) -> Result<(Client, Driver), Refusal> {
        let mut config = self.config.clone();
        if let Some(file) = &self.password_file {
            config.password(read_password(file)?);
        }
        match self.connect_within(&config).await {
            // As libpq: what is only preferred is not insisted on.
            Err(refusal)
                if self.encryption == Encryption::IfOffered
                    && config.get_ssl_mode() == SslMode::Prefer
                    && refusal.is_about_tls() =>
            {
                config.ssl_mode(SslMode::Disable);
                let plain = self.connect_within(&config).await;
                plain.map_err(|again| if again.is_about_tls() { refusal } else { again })
            }
            other => other,
        }
    }

    async fn connect_within(&self, config: &Config) -> Result<(Client, Driver), Refusal> {
        let hosts = config.get_hosts().len().max(1);
        // The driver's own limit ends with the TCP connection; a server may be silent after that.
        let limit = self.connect_for_max * u32::try_from(hosts).unwrap_or(1);
        let connected = tokio::time::timeout(limit, config.connect(self.tls.clone())).await;
        match connected {
            Ok(Ok(connected)) => Ok(connected),
            Ok(Err(error)) => Err(Refusal::new(&error, self)),
            Err(_) => Err(Refusal::silent(self, limit)),
        }
    }

    /// Where it connects to, for people: `host:port, database, user`; no password.
    pub(crate) fn place(&self) -> String {
        let config = &self.config;
        let ports = config.get_ports();
        let port = |index: usize| ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        let hosts: Vec<String> = config
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(index, host)| match host {
                Host::Tcp(name) => format!("{name}:{}", port(index)),
                Host::Unix(folder) => {
                    format!("{}/.s.PGSQL.{}", folder.display(), port(index))
                }
            })
            .collect();
        let addresses = config.get_hostaddrs().iter().enumerate();
        let addresses = addresses.map(|(index, address)| format!("{address}:{}", port(index)));
        if hosts.is_empty() {
            addresses.collect::<Vec<_>>().join(", ")
        } else {
            hosts.join(", ")
        }
    }

    /// The user, as far as the address names one.
    pub(crate) fn user(&self) -> &str {
        self.config.get_user().unwrap_or("of this process")
    }

    /// The database; that of the user's name if the address names none.
    pub(crate) fn database(&self) -> &str {
        let user = self.config.get_user();
        self.config.get_dbname().or(user).unwrap_or_default()
    }
}

/// What the driver is to insist on; certificates are our own matter.
fn ssl_mode(config: &Config, encryption: Encryption) -> SslMode {
    match encryption {
        _ if is_local(config) => SslMode::Disable, // as libpq: nobody listens on a socket of the system
        Encryption::Never => SslMode::Disable,
        Encryption::IfOffered => SslMode::Prefer,
        _ => SslMode::Require,
    }
}

fn is_local(config: &Config) -> bool {
    let hosts = config.get_hosts();
    !hosts.is_empty() && hosts.iter().all(|host| matches!(host, Host::Unix(_)))
}

/// Read anew for each connection, so that a new password needs no restart.
fn read_password(file: &Path) -> Result<Vec<u8>, Refusal> {
    let text = std::fs::read(file).map_err(|error| {
        Refusal::lasting(format!(
            "the password file {} cannot be read: {error} (setting `store_password_file`)",
            file.display()
        ))
    })?;
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if text.is_empty() {
        return Err(Refusal::lasting(format!(
            "the password file {} is empty (setting `store_password_file`)",
            file.display()
        )));
    }
    Ok(text.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_file_loses_one_line_end_and_nothing_else() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("password");
        for (written, read) in [
            ("secret", "secret"),
            ("secret\n", "secret"),
            ("secret\r\n", "secret"),
            (" two words \n\n", " two words \n"),
        ] {
            std::fs::write(&file, written).expect("a file");
            let password = read_password(&file).expect("a password");
            assert_eq!(password, read.as_bytes());
        }
        std::fs::write(&file, "\n").expect("a file");
        let refusal = read_password(&file).expect_err("no password");
        assert!(refusal.to_string().contains("is empty"), "{refusal}");
    }

    #[test]
    fn places_are_named_without_the_password() {
        let options = Options::new("postgres://me:hush@a:1,b:2/data?sslmode=disable");
        let connector = Connector::new(&options).expect("an address");
        assert_eq!(connector.place(), "a:1, b:2");
        assert_eq!((connector.user(), connector.database()), ("me", "data"));
    }
}
