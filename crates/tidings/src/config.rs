//! Settings: defaults, then a TOML file, then `TIDINGS_…` variables, then command-line flags.
//!
//! The only place that reads the environment. Every key is in [`KEYS`], with its default, its unit and
//! what it does; an unknown key is an error that names it.

mod keys;
mod parse;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use tidings_delivery::sender::HeaderNames;
use tidings_domain::retry::Schedule;
use tidings_store_sqlite::Synchronous;

pub(crate) use keys::KEYS;

/// What variables of the environment start with.
const PREFIX: &str = "TIDINGS_";
/// Variables that are no settings of the server: the commands that talk to one read them.
const CLIENT_VARIABLES: &[&str] = &["TIDINGS_URL", "TIDINGS_TOKEN", "TIDINGS_PROFILE"];
/// The master key itself, where it is not kept in a file.
const MASTER_KEY_VARIABLE: &str = "TIDINGS_MASTER_KEY";
/// Names one fault point; heeded only by builds for tests.
const FAULT_VARIABLE: &str = "TIDINGS_FAULT_POINT";

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// What a node does, where several have one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Role {
    /// It accepts and delivers.
    #[default]
    All,
    /// It accepts, and writes everything down for nodes that deliver.
    Api,
    /// It delivers, and answers health checks only.
    Worker,
}

/// Every setting. See [`KEYS`] for what each means.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) public_url: Option<String>,
    pub(crate) portal_origins: Vec<String>,
    pub(crate) data: PathBuf,
    pub(crate) store: String,
    pub(crate) store_password_file: Option<PathBuf>,
    pub(crate) store_ca_file: Option<PathBuf>,
    pub(crate) store_connections_max: usize,
    pub(crate) store_connect_timeout: Duration,
    pub(crate) store_statement_timeout: Duration,
    pub(crate) store_lock_timeout: Duration,
    pub(crate) store_allow_unsafe: Vec<String>,
    pub(crate) node_lease: Duration,
    pub(crate) role: Role,
    pub(crate) dev: bool,
    pub(crate) threads: usize,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    pub(crate) retry_schedule: Schedule,
    pub(crate) retry_jitter_percent: u32,
    pub(crate) attempt_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) resolve_timeout: Duration,
    pub(crate) idle_connection_timeout: Duration,
    pub(crate) response_bytes_max: usize,
    pub(crate) ingest_bytes_max: usize,
    pub(crate) api_rate_limit: Option<u32>,
    pub(crate) request_head_timeout: Duration,
    pub(crate) request_body_timeout: Duration,
    pub(crate) lane_requests_start: usize,
    pub(crate) lane_requests_max: usize,
    pub(crate) lane_window: usize,
    pub(crate) replay_pending_max: usize,
    pub(crate) window: usize,
    pub(crate) window_bytes_max: usize,
    pub(crate) admit_timeout: Duration,
    pub(crate) queue_timeout: Duration,
    pub(crate) breaker_rest: Duration,
    pub(crate) drain_timeout: Duration,
    pub(crate) retention: Option<Duration>,
    pub(crate) audit_retention: Option<Duration>,
    pub(crate) webhook_headers: HeaderNames,
    pub(crate) denied_addresses: Vec<IpNet>,
    pub(crate) allowed_addresses: Vec<IpNet>,
    pub(crate) nat64: bool,
    pub(crate) extra_ca_file: Option<PathBuf>,
    pub(crate) master_key_file: Option<PathBuf>,
    pub(crate) oidc_issuer: String,
    pub(crate) oidc_client_id: String,
    pub(crate) oidc_client_secret_file: Option<PathBuf>,
    pub(crate) oidc_default_role: Option<tidings_domain::access::Role>,
    pub(crate) sqlite_synchronous: Synchronous,
    /// From `TIDINGS_MASTER_KEY`; never in a file of settings, never logged.
    pub(crate) master_key: Option<MasterKeyText>,
    /// From `TIDINGS_FAULT_POINT`.
    pub(crate) fault_point: Option<String>,
}

/// A master key on its way to the keyring; not shown.
#[derive(Clone)]
pub(crate) struct MasterKeyText(pub(crate) String);

impl std::fmt::Debug for MasterKeyText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[REDACTED]")
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("the settings file {path} cannot be read: {why}")]
    File { path: String, why: String },
    #[error("{origin}: there is no setting `{key}`{hint}; docs/operating.md lists them all")]
    Unknown {
        origin: String,
        key: String,
        hint: String,
    },
    #[error("{origin}: `{key}` cannot be `{value}`: {why}")]
    Value {
        origin: String,
        key: String,
        value: String,
        why: String,
    },
}

impl Settings {
    /// Defaults, file and environment, in that order.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = match file {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path).map_err(|error| ConfigError::File {
                path: path.display().to_string(),
                why: error.to_string(),
            })?,
        };
        let path = file
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
            name.starts_with(PREFIX).then_some((name, value))
        });
        Self::from_parts(&path, &text, variables)
    }

    /// The defaults alone, whatever the environment says.
    pub(crate) fn defaults() -> Self {
        Self::from_parts("", "", std::iter::empty()).expect("a test reads every default")
    }

    fn from_parts(
        path: &str,
        text: &str,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut settings = Self::default();
        for key in KEYS {
            settings.set("the defaults", key.name, key.default)?;
        }
        let table: toml::Table =
            text.parse()
                .map_err(|error: toml::de::Error| ConfigError::File {
                    path: path.to_owned(),
                    why: error.message().to_owned(),
                })?;
        for (name, value) in &table {
            let value = match value {
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                other => other.to_string(),
            };
            settings.set(path, name, &value)?;
        }
        for (name, value) in variables {
            settings.set_variable(&name, &value)?;
        }
        Ok(settings)
    }

    fn set_variable(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        match name {
            MASTER_KEY_VARIABLE => self.master_key = Some(MasterKeyText(value.to_owned())),
            FAULT_VARIABLE => self.fault_point = Some(value.to_owned()),
            name if CLIENT_VARIABLES.contains(&name) || name.starts_with("TIDINGS_TEST_") => {}
            name => {
                let key = name.trim_start_matches(PREFIX).to_ascii_lowercase();
                self.set("the environment", &key, value)?;
            }
        }
        Ok(())
    }

    /// Sets one key from its text.
    pub(crate) fn set(&mut self, origin: &str, name: &str, value: &str) -> Result<(), ConfigError> {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            let hint = KEYS
                .iter()
                .find(|key| parse::is_near(key.name, name))
                .map(|key| format!(" (did you mean `{}`?)", key.name));
            return Err(ConfigError::Unknown {
                origin: origin.to_owned(),
                key: name.to_owned(),
                hint: hint.unwrap_or_default(),
            });
        };
        (key.set)(self, value).map_err(|why| ConfigError::Value {
            origin: origin.to_owned(),
            key: name.to_owned(),
            value: value.to_owned(),
            why,
        })
    }

    /// The address to listen on.
    pub(crate) fn listen(&self) -> SocketAddr {
        self.listen.expect("it has a default")
    }
}

/// What the commands that talk to a server read from the environment.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClientSettings {
    pub(crate) url: Option<String>,
    pub(crate) token: Option<String>,
}

impl ClientSettings {
    /// `TIDINGS_URL` and `TIDINGS_TOKEN`; what is missing comes from the profile file, which is named
    /// by `TIDINGS_PROFILE` or is `~/.config/tidings/profile.toml`.
    #[expect(
        clippy::disallowed_methods,
        reason = "config.rs is where the environment is read"
    )]
    pub(crate) fn load() -> Result<Self, ConfigError> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let mut settings = Self {
            url: variable("TIDINGS_URL"),
            token: variable("TIDINGS_TOKEN"),
        };
        let named = variable("TIDINGS_PROFILE").map(PathBuf::from);
        let is_named = named.is_some();
        let home =
            variable("HOME").map(|home| Path::new(&home).join(".config/tidings/profile.toml"));
        let Some(path) = named.or(home) else {
            return Ok(settings);
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(_) if !is_named => return Ok(settings),
            Err(error) => {
                let path = path.display().to_string();
                return Err(ConfigError::File {
                    path,
                    why: error.to_string(),
                });
            }
        };
        settings.add_profile(&path.display().to_string(), &text)?;
        Ok(settings)
    }

    fn add_profile(&mut self, path: &str, text: &str) -> Result<(), ConfigError> {
        let table: toml::Table =
            text.parse()
                .map_err(|error: toml::de::Error| ConfigError::File {
                    path: path.to_owned(),
                    why: error.message().to_owned(),
                })?;
        for (name, value) in &table {
            let place = match name.as_str() {
                "url" => &mut self.url,
                "token" => &mut self.token,
                _ => {
                    let hint = " (a profile has `url` and `token`)".to_owned();
                    let (origin, key) = (path.to_owned(), name.clone());
                    return Err(ConfigError::Unknown { origin, key, hint });
                }
            };
            if place.is_none() {
                *place = value.as_str().map(str::to_owned);
            }
        }
        Ok(())
    }
}

/// Whether the environment has nothing against colours: `NO_COLOR` asks for none, and a dumb terminal
/// has none.
#[expect(
    clippy::disallowed_methods,
    reason = "config.rs is where the environment is read"
)]
pub(crate) fn allows_colours() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests;
