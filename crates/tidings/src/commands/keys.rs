//! `tidings keys`: straight to the store, beside a running server or without one.

use anyhow::{Context as _, anyhow};
use tidings_domain::application::Environment;
use tidings_service::{Caller, Service};

use crate::cli::{DataArgs, KeysCommand};
use crate::config::Settings;
use crate::lifecycle::runtime;
use crate::{node, output};

pub(crate) fn run(command: KeysCommand) -> anyhow::Result<()> {
    match command {
        KeysCommand::Create {
            name,
            environment,
            data,
        } => with_service(&data, async |service| {
            create(&service, &name, &environment).await
        }),
        KeysCommand::List { environment, data } => {
            with_service(&data, async |service| list(&service, &environment).await)
        }
        KeysCommand::Revoke {
            number,
            environment,
            data,
        } => with_service(&data, async |service| {
            revoke(&service, &environment, number).await
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

async fn create(service: &Service, name: &str, environment: &str) -> anyhow::Result<()> {
    let environment = service.ensure_environment(environment).await?;
    let (key, _) = service
        .create_key(Caller::operator(environment.ordinal), name)
        .await?;
    output::line(key.text());
    Ok(())
}

async fn list(service: &Service, environment: &str) -> anyhow::Result<()> {
    let environment = find(service, environment).await?;
    for key in service.keys(environment.ordinal).await? {
        let used = key.last_used_at.map_or_else(|| "never".to_owned(), date);
        let state = key
            .revoked_at
            .map_or_else(String::new, |at| format!("  revoked {}", date(at)));
        let (number, name, made) = (key.ordinal, &key.name, date(key.created_at));
        output::line(format_args!(
            "{number:>16}  {name}  made {made}  last used {used}{state}"
        ));
    }
    Ok(())
}

async fn revoke(service: &Service, environment: &str, number: i64) -> anyhow::Result<()> {
    let environment = find(service, environment).await?;
    service
        .revoke_key(Caller::operator(environment.ordinal), number)
        .await
        .with_context(|| format!("key {number} in environment {}", environment.name))?;
    output::remark(format_args!("key {number} is refused from now on"));
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
