//! `tidings keys`: straight to the store, beside a running server or without one.

use anyhow::{Context as _, anyhow};
use tidings_domain::application::Environment;
use tidings_domain::clock::Millis;
use tidings_service::keys::KeyDraft;
use tidings_service::{Caller, FieldProblem, Service, ServiceError};

use crate::cli::{DataArgs, KeysCommand};
use crate::config::Settings;
use crate::lifecycle::runtime;
use crate::{node, output};

const HOUR_MS: Millis = 60 * 60 * 1_000;

pub(crate) fn run(command: KeysCommand) -> anyhow::Result<()> {
    match command {
        KeysCommand::Create {
            name,
            role,
            expires,
            environment,
            data,
        } => with_service(&data, async |service| {
            let expires = expires.map(|text| end(&text, service.now()));
            let draft = KeyDraft {
                name,
                role: Some(role),
                expires_at: expires.transpose()?,
                rate_limit: None,
            };
            create(&service, draft, &environment).await
        }),
        KeysCommand::List { environment, data } => {
            with_service(&data, async |service| list(&service, &environment).await)
        }
        KeysCommand::Revoke {
            key,
            environment,
            data,
        } => with_service(&data, async |service| {
            revoke(&service, &environment, &key).await
        }),
    }
}

pub(super) fn with_service(
    data: &DataArgs,
    work: impl AsyncFnOnce(Service) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let settings: Settings = super::load_settings(data)?;
    runtime(1)?.block_on(async {
        let service = node::without_delivery(&settings).await?;
        work(service).await
    })
}

async fn create(service: &Service, draft: KeyDraft, environment: &str) -> anyhow::Result<()> {
    let environment = service.ensure_environment(environment).await?;
    let (key, _) = service
        .create_key(Caller::operator(environment.ordinal), draft)
        .await
        .map_err(said)?;
    output::line(key.text());
    Ok(())
}

/// What is wrong with a field is said in its place, which the command line has no other way to show.
fn said(error: ServiceError) -> anyhow::Error {
    match error {
        ServiceError::Invalid(problems) => {
            let one = |problem: &FieldProblem| {
                let field = problem.loc.last().map_or("", String::as_str);
                format!("{field}: {}", problem.msg)
            };
            anyhow!(problems.iter().map(one).collect::<Vec<_>>().join("; "))
        }
        other => other.into(),
    }
}

/// The instant that `--expires` means.
fn end(text: &str, now: Millis) -> anyhow::Result<Millis> {
    const WRONG: &str = "--expires takes a time to come such as 90d or 12h, or an instant such as \
                         2027-01-31T00:00:00Z";
    let span = match (text.strip_suffix('d'), text.strip_suffix('h')) {
        (Some(days), _) => days.parse::<u32>().ok().map(|days| i64::from(days) * 24),
        (None, Some(hours)) => hours.parse::<u32>().ok().map(i64::from),
        (None, None) => None,
    };
    if let Some(hours) = span {
        return Ok(now + hours * HOUR_MS);
    }
    let instant: jiff::Timestamp = text.parse().map_err(|_| anyhow!(WRONG))?;
    Ok(instant.as_millisecond())
}

async fn list(service: &Service, environment: &str) -> anyhow::Result<()> {
    let environment = find(service, environment).await?;
    for key in service.keys(environment.ordinal).await? {
        let used = key.last_used_at.map_or_else(|| "never".to_owned(), date);
        let ends = match (key.revoked_at, key.expires_at) {
            (Some(at), _) => format!("  revoked {}", date(at)),
            (None, Some(at)) if at <= service.now() => format!("  expired {}", date(at)),
            (None, Some(at)) => format!("  expires {}", date(at)),
            (None, None) => String::new(),
        };
        let (id, name, role, made) = (key.id(), &key.name, key.role.as_str(), date(key.created_at));
        output::line(format_args!(
            "{id}  {name}  {role}  made {made}  last used {used}{ends}"
        ));
    }
    Ok(())
}

async fn revoke(service: &Service, environment: &str, key: &str) -> anyhow::Result<()> {
    let environment = find(service, environment).await?;
    service
        .revoke_key(Caller::operator(environment.ordinal), key)
        .await
        .with_context(|| format!("key {key} in environment {}", environment.name))?;
    output::remark(format_args!("key {key} is refused from now on"));
    Ok(())
}

pub(super) async fn find(service: &Service, name: &str) -> anyhow::Result<Environment> {
    let environments = service.environments().await?;
    environments
        .into_iter()
        .find(|environment| environment.name == name)
        .ok_or_else(|| anyhow!("there is no environment `{name}`"))
}

pub(super) fn date(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map_or_else(|_| at_ms.to_string(), |at| at.to_string())
}
