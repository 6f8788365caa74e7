//! Why a connection could not be made, in one line for people: what, where, and what to do.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::time::Duration;

use rustls::CertificateError;
use tidings_store::StoreError;
use tokio_postgres::error::DbError;

use super::Connector;

/// A connection that could not be made.
#[derive(Debug)]
pub(crate) struct Refusal {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It may work again by itself.
    Passing,
    /// Somebody must do something.
    Lasting,
    /// As before, and TLS is the matter.
    Tls,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Refusal {
    /// Somebody must do something about it.
    pub(super) fn lasting(text: String) -> Self {
        let kind = Kind::Lasting;
        Self { text, kind }
    }

    pub(super) fn silent(connector: &Connector, limit: Duration) -> Self {
        let (place, limit) = (connector.place(), limit.as_secs_f32());
        Self {
            text: format!(
                "the database at {place} did not answer within {limit} s; is PostgreSQL what listens \
                 there, and can it be reached from here?"
            ),
            kind: Kind::Passing,
        }
    }

    pub(super) fn new(error: &tokio_postgres::Error, connector: &Connector) -> Self {
        let (what, kind) = match (error.as_db_error(), error.source()) {
            (Some(said), _) => of_server(said, connector),
            (None, Some(source)) => match source.downcast_ref::<io::Error>() {
                Some(source) => of_transport(source),
                None => of_driver(&source.to_string()),
            },
            (None, None) => (format!("{error}"), Kind::Passing),
        };
        let text = format!(
            "the database at {} cannot be used: {what}",
            connector.place()
        );
        Self { text, kind }
    }

    /// Whether TLS was demanded, or went wrong.
    pub(super) fn is_about_tls(&self) -> bool {
        self.kind == Kind::Tls
    }

    /// To one who starts: what does not go away by itself is to be repaired.
    pub(crate) fn at_start(self) -> StoreError {
        match self.kind {
            Kind::Passing => StoreError::Unavailable(self.text),
            Kind::Lasting | Kind::Tls => StoreError::Unusable(self.text),
        }
    }

    /// To one who runs: whatever it is, it worked before, so it is waited for.
    pub(crate) fn while_running(self) -> StoreError {
        StoreError::Unavailable(self.text)
    }
}

/// What the server says.
fn of_server(said: &DbError, connector: &Connector) -> (String, Kind) {
    let (user, database) = (connector.user(), connector.database());
    let message = said.message();
    match said.code().code() {
        "28P01" => (
            format!(
                "it does not take the password of user {user}; check the address or the file that \
                 `store_password_file` names"
            ),
            Kind::Lasting,
        ),
        "28000" if message.contains("no encryption") => (
            format!(
                "it does not let user {user} in without TLS ({message}); set sslmode=verify-full or \
                 sslmode=require in the address"
            ),
            Kind::Tls,
        ),
        "28000" if message.contains("SSL") => (
            format!(
                "it does not let user {user} in with TLS ({message}); set sslmode=disable in the \
                 address, or allow it in pg_hba.conf"
            ),
            Kind::Tls,
        ),
        "28000" => (
            format!(
                "it does not let user {user} in ({message}); make the role, or allow it in pg_hba.conf"
            ),
            Kind::Lasting,
        ),
        "3D000" => (
            format!(
                "it has no database {database}; make it, for example with createdb, or correct the address"
            ),
            Kind::Lasting,
        ),
        "42501" => (
            format!(
                "user {user} may not connect to database {database} ({message}); grant CONNECT on it"
            ),
            Kind::Lasting,
        ),
        "08P01" if message.contains("startup parameter") => (
            format!(
                "a pooler is in front of it that takes no settings ({message}); add options, \
                 statement_timeout, lock_timeout, idle_in_transaction_session_timeout and \
                 client_min_messages to its ignore_startup_parameters, and set the timeouts with \
                 ALTER ROLE"
            ),
            Kind::Lasting,
        ),
        "57P03" => (
            format!("it is not ready ({message}); wait until it is, and try again"),
            Kind::Passing,
        ),
        "53300" => (
            format!(
                "it has no connection left ({message}); raise max_connections or lower `store_connections_max`"
            ),
            Kind::Passing,
        ),
        code => (format!("{message} (SQLSTATE {code})"), Kind::Passing),
    }
}

/// What came between here and the server.
fn of_transport(error: &io::Error) -> (String, Kind) {
    let inner = error.get_ref();
    if let Some(tls) = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return of_tls(tls);
    }
    let text = error.to_string();
    match error.kind() {
        io::ErrorKind::ConnectionRefused => (
            "nobody listens there; is PostgreSQL running, and are host and port right?".into(),
            Kind::Passing,
        ),
        io::ErrorKind::TimedOut => (
            "it does not answer; is the host right, and does a firewall let us through?".into(),
            Kind::Passing,
        ),
        io::ErrorKind::NotFound => (
            "there is no such socket; is PostgreSQL running, and is the folder right?".into(),
            Kind::Passing,
        ),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => (
            format!("it hung up at once ({text}); is PostgreSQL what listens there?"),
            Kind::Passing,
        ),
        io::ErrorKind::PermissionDenied if text.contains("does not allow writes") => (
            "it takes no writes, since it is a standby or read-only; name the primary (of several \
             hosts with commas the one that takes writes is used)"
                .into(),
            Kind::Lasting,
        ),
        _ if text.contains("lookup address") => (
            format!("its name cannot be resolved ({text}); is the host right?"),
            Kind::Passing,
        ),
        _ => (text, Kind::Passing),
    }
}

fn of_tls(error: &rustls::Error) -> (String, Kind) {
    use rustls::Error::InvalidCertificate;
    let text = match error {
        InvalidCertificate(CertificateError::UnknownIssuer) => {
            "its certificate comes from an authority that is not trusted; name that authority's \
             certificate with sslrootcert or `store_ca_file`"
                .to_owned()
        }
        InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => format!(
            "its certificate is for another name ({error}); use a name that is in the certificate, or \
             sslmode=verify-ca"
        ),
        InvalidCertificate(_) => format!("its certificate is not valid ({error}); renew it"),
        _ => format!("no TLS connection comes about ({error})"),
    };
    (text, Kind::Tls)
}

/// What the driver itself says.
fn of_driver(text: &str) -> (String, Kind) {
    match text {
        "server does not support TLS" => (
            "it has no TLS and the address demands it; switch TLS on in the server (ssl = on), or set \
             sslmode=prefer if the network is safe"
                .into(),
            Kind::Lasting,
        ),
        "password missing" => (
            "it asks for a password and there is none; put it into the file that `store_password_file` \
             names, or into the address"
                .into(),
            Kind::Lasting,
        ),
        _ => (text.to_owned(), Kind::Lasting),
    }
}
