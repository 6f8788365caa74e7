//! `tidings api-users`: straight to the store, beside a running server or without one.

use anyhow::Context as _;
use tidings_service::api_users::ApiUserDraft;
use tidings_service::{Caller, Service};

use super::keys::{date, find, with_service};
use crate::cli::{ApiUsersArgs, ApiUsersCommand, OfApplication};
use crate::output;

pub(crate) fn run(arguments: ApiUsersArgs) -> anyhow::Result<()> {
    match arguments.command {
        ApiUsersCommand::Create { login, of } => with_service(&of.data, async |service| {
            create(&service, &of, login.clone()).await
        }),
        ApiUsersCommand::List { of } => {
            with_service(&of.data, async |service| list(&service, &of).await)
        }
        ApiUsersCommand::Revoke { number, of } => with_service(&of.data, async |service| {
            revoke(&service, &of, number).await
        }),
    }
}

async fn caller(service: &Service, of: &OfApplication) -> anyhow::Result<Caller> {
    let environment = find(service, &of.environment).await?.ordinal;
    Ok(Caller::operator(environment))
}

async fn create(
    service: &Service,
    of: &OfApplication,
    login: Option<String>,
) -> anyhow::Result<()> {
    let caller = caller(service, of).await?;
    let draft = ApiUserDraft {
        login,
        password: None,
    };
    let made = service.create_api_user(caller, &of.app, draft).await;
    let (user, password) = made.with_context(|| format!("application {}", of.app))?;
    output::line(format_args!("{}:{}", user.login, *password));
    Ok(())
}

async fn list(service: &Service, of: &OfApplication) -> anyhow::Result<()> {
    let caller = caller(service, of).await?;
    let users = service.api_users(caller, &of.app).await;
    for user in users.with_context(|| format!("application {}", of.app))? {
        let used = user.last_used_at.map_or_else(|| "never".to_owned(), date);
        let (number, login, made) = (user.ordinal, &user.login, date(user.created_at));
        output::line(format_args!(
            "{number:>6}  {login}  made {made}  last used {used}"
        ));
    }
    Ok(())
}

async fn revoke(service: &Service, of: &OfApplication, number: i64) -> anyhow::Result<()> {
    let caller = caller(service, of).await?;
    service
        .revoke_api_user(caller, &of.app, number)
        .await
        .with_context(|| format!("API user {number} of application {}", of.app))?;
    output::remark(format_args!("API user {number} is refused from now on"));
    Ok(())
}
