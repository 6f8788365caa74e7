//! The table of settings. docs/operating.md is checked against it by a test.

use std::path::PathBuf;

use tidings_delivery::sender::HeaderNames;
use tidings_store_sqlite::Synchronous;

use super::parse::{
    bytes, duration, file, flag, networks, number, origins, public_url, retention, risks, role,
};
use super::{LogFormat, Role, Settings};

/// A setting.
pub(crate) struct Key {
    /// Its name in the file; the variable is `TIDINGS_` and this in capitals.
    pub(crate) name: &'static str,
    /// What it is if nobody says otherwise.
    pub(crate) default: &'static str,
    /// What its values are.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the documentation is checked against it")
    )]
    pub(crate) unit: &'static str,
    /// What it does.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the documentation is checked against it")
    )]
    pub(crate) help: &'static str,
    /// Reads a value.
    pub(crate) set: fn(&mut Settings, &str) -> Result<(), String>,
}

macro_rules! keys {
    ($($name:ident, $default:literal, $unit:literal, $help:literal, $read:expr;)*) => {
        /// All settings, in the order of the documentation.
        pub(crate) const KEYS: &[Key] = &[$(Key {
            name: stringify!($name),
            default: $default,
            unit: $unit,
            help: $help,
            set: |settings, text| {
                let read: fn(&str) -> Result<_, String> = $read;
                settings.$name = read(text)?;
                Ok(())
            },
        },)*];
    };
}

const GIB: usize = 1 << 30;

keys! {
    listen, "127.0.0.1:8071", "address and port", "Where the server listens.",
        |text| text.parse().map(Some).map_err(|_| "it takes an address and a port, such as 0.0.0.0:8071".into());
    public_url, "", "URL", "Under which URL people reach this server, for links into the portal; empty for `http://` and the address that it listens on.", public_url;
    portal_origins, "", "origins with commas", "Whose pages may show the portal in a frame, such as `https://app.example.com`; empty for nobody's.", origins;
    data, "tidings-data", "folder", "Where the embedded store and the master key are kept.",
        |text| if text.is_empty() { Err("it takes a folder".into()) } else { Ok(PathBuf::from(text)) };
    store, "", "URL", "Which store: empty for SQLite in the data folder, `sqlite:FOLDER`, or `postgres://USER@HOST/DATABASE`.",
        |text| Ok(text.to_owned());
    store_password_file, "", "file", "Where the password of the database is; read anew for each connection, and used before one in `store`.", file;
    store_ca_file, "", "file", "Certificates (PEM) of the authorities that the database's certificate may come from; the same as `sslrootcert` in `store`.", file;
    store_connections_max, "10", "connections, 3 to 1000", "Connections of this process to the database at most.",
        |text| number(text, 3, 1_000);
    store_connect_timeout, "5s", "time", "How long a connection to the database may take to be made, TLS and password included.", duration;
    store_statement_timeout, "30s", "time", "How long a statement in the database may take.", duration;
    store_lock_timeout, "10s", "time", "How long a statement in the database may wait for a lock.", duration;
    store_allow_unsafe, "", "names with commas", "Settings of the database that may be unsafe, of `fsync`, `full_page_writes` and `synchronous_commit`; a server refuses to start on one that is off and not named.", risks;
    node_lease, "10s", "time", "On PostgreSQL: after so long without a sign of life a node counts as dead, and others take over from it.", duration;
    role, "all", "all, api or worker", "What this node does on PostgreSQL: `api` accepts and leaves all deliveries to others, `worker` delivers and answers health checks only.",
        |text| match text {
            "all" => Ok(Role::All),
            "api" => Ok(Role::Api),
            "worker" => Ok(Role::Worker),
            _ => Err("it takes all, api or worker".into()),
        };
    dev, "false", "true or false", "Allows `http://` and loopback targets. For development only.", flag;
    threads, "0", "threads, 0 to 256", "Threads for HTTP in and out; 0 means half the cores, at least one. The store's writer has one of its own.",
        |text| number(text, 0, 256);
    log, "info", "filter", "What is logged: error, warn, info, debug, trace, or a filter by module.",
        |text| Ok(text.to_owned());
    log_format, "pretty", "pretty or json", "How logs are written, to standard error.",
        |text| match text {
            "pretty" => Ok(LogFormat::Pretty),
            "json" => Ok(LogFormat::Json),
            _ => Err("it takes pretty or json".into()),
        };
    retry_schedule, "5s,5m,30m,2h,5h,10h,14h,20h,24h", "times with units", "The waits between attempts. One attempt more than there are waits.",
        |text| text.parse().map_err(|error| format!("{error}"));
    retry_jitter_percent, "20", "percent, 0 to 100", "The share of each wait that chance may add; it never takes away.",
        |text| number(text, 0, 100).map(|n| u32::try_from(n).expect("at most 100"));
    attempt_timeout, "20s", "time", "The limit of one attempt in all: connection, TLS, head and body.", duration;
    connect_timeout, "5s", "time", "The part of it for connecting, TLS included.", duration;
    resolve_timeout, "3s", "time", "The part of it for resolving the name.", duration;
    idle_connection_timeout, "30s", "time", "How long a connection to an endpoint is kept for the next request.", duration;
    response_bytes_max, "16KiB", "size, up to 1GiB", "How much of a response body is kept; more is cut off.",
        |text| bytes(text, GIB);
    ingest_bytes_max, "1MiB", "size, up to 1GiB", "The largest request body that the API takes.",
        |text| bytes(text, GIB);
    api_rate_limit, "", "requests a second, 1 to 1000000", "How many requests a second each API key and each session may make at this node, and at once; empty for no limit. A key may have a limit of its own.",
        |text| if text.trim().is_empty() { Ok(None) } else {
            number(text, 1, 1_000_000).map(|n| u32::try_from(n).ok())
        };
    request_head_timeout, "10s", "time", "How long a client may take to send the head of a request.", duration;
    request_body_timeout, "30s", "time", "How long a client may take to send the body of a request.", duration;
    lane_requests_start, "8", "requests, 1 to 1000", "Requests at once to one endpoint at first.",
        |text| number(text, 1, 1_000);
    lane_requests_max, "64", "requests, 1 to 1000", "Requests at once to one endpoint at most.",
        |text| number(text, 1, 1_000);
    lane_window, "256", "deliveries, 1 to 100000", "Deliveries of one endpoint held in memory at once.",
        |text| number(text, 1, 100_000);
    window, "8192", "deliveries, 1 to 1000000", "Deliveries of all endpoints held in memory at once.",
        |text| number(text, 1, 1_000_000);
    window_bytes_max, "64MiB", "size, up to 1GiB", "Bytes of payload held in memory at once.",
        |text| bytes(text, GIB);
    admit_timeout, "50ms", "time", "How long a new message may wait for a place in memory before its delivery is written down as owed.", duration;
    queue_timeout, "10s", "time", "How long a delivery may wait in memory before it is written down as owed.", duration;
    breaker_rest, "30s", "time", "How long an endpoint that fails again and again gets a rest before one request probes it; nobody's attempts are used up meanwhile.", duration;
    replay_pending_max, "1000", "deliveries, 1 to 100000", "How many deliveries of background tasks are owed to one endpoint at once.",
        |text| number(text, 1, 100_000);
    drain_timeout, "25s", "time", "How long a stop waits for requests under way.", duration;
    retention, "", "time, at least 1d", "How long messages and their attempts are kept; empty keeps them for ever. What is still owed is kept however old it is.",
        retention;
    audit_retention, "365d", "time, at least 1d", "How long entries of the audit log are kept; empty keeps them for ever.",
        retention;
    webhook_headers, "webhook", "webhook, svix or both", "The names of the headers with the id, timestamp, signature and event type.",
        |text| match text {
            "webhook" => Ok(HeaderNames::Webhook),
            "svix" => Ok(HeaderNames::Svix),
            "both" => Ok(HeaderNames::Both),
            _ => Err("it takes webhook, svix or both".into()),
        };
    denied_addresses, "", "networks", "Further networks that no request may go to, with commas.", networks;
    allowed_addresses, "", "networks", "Networks that requests may go to although they are private, with commas.", networks;
    nat64, "false", "true or false", "On networks with NAT64 only: judges addresses in 64:ff9b::/96 by the IPv4 address inside.", flag;
    extra_ca_file, "", "file", "Certificates (PEM) of further authorities that endpoints' certificates may come from.", file;
    master_key_file, "", "file", "Where the master key is; empty for `master.key` in the data folder. `TIDINGS_MASTER_KEY` holds the key itself instead.", file;
    oidc_issuer, "", "URL", "The identity provider of single sign-on, as it names itself; empty for none.",
        |text| Ok(text.to_owned());
    oidc_client_id, "", "text", "As what the provider knows this server.",
        |text| Ok(text.to_owned());
    oidc_client_secret_file, "", "file", "Where the client secret is, if the provider gave one.", file;
    oidc_default_role, "", "viewer, developer, admin or owner", "What somebody may do whom the provider knows and nobody has invited; empty lets members in and nobody else.", role;
    sqlite_synchronous, "full", "full or normal", "When a commit counts: `full` syncs each one; `normal` loses the latest messages in a power cut and is there for tests.",
        |text| match text {
            "full" => Ok(Synchronous::Full),
            "normal" => Ok(Synchronous::Normal),
            _ => Err("it takes full or normal".into()),
        };
}
