//! Logs: readable alone, with fields for search, without secrets or bodies.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Settings};

/// Starts logging to standard error.
pub(crate) fn start(settings: &Settings) -> anyhow::Result<()> {
    // A bad certificate is the endpoint's business and stands in its attempt.
    let filter = EnvFilter::try_new(format!("rustls_platform_verifier=off,{}", settings.log))
        .with_context(|| format!("the setting `log` cannot be `{}`", settings.log))?;
    let is_terminal = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt()
        .with_ansi(is_terminal)
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Pretty => builder.with_target(false).compact().init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
    Ok(())
}
