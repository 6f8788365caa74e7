//! [`Environments`], passed on to the files that do it.

use tidings_domain::application::Environment;
use tidings_domain::clock::Millis;
use tidings_domain::plan::Plan;
use tidings_domain::theme::Theme;
use tidings_store::{Environments, StoreFuture};

use super::passing::{read, write};
use crate::{PostgresStore, audit, keys, plan_list, theme};

impl Environments for PostgresStore {
    fn ensure_environment(&self, name: String, now: Millis) -> StoreFuture<'_, Environment> {
        write!(self, |scope| keys::ensure_environment(scope, &name, now))
    }

    fn environments(&self) -> StoreFuture<'_, Vec<Environment>> {
        read!(self, |reader| keys::environments(&reader))
    }

    fn plans(&self, environment: i64) -> StoreFuture<'_, Vec<Plan>> {
        read!(self, |reader| plan_list::read(&reader, environment))
    }

    fn put_plans(&self, environment: i64, plans: Vec<Plan>) -> StoreFuture<'_, Option<String>> {
        self.write(move |scope| {
            Box::pin(async move {
                let in_the_way = plan_list::write(scope, environment, &plans).await?;
                audit::note(scope, &in_the_way.is_none()).await?;
                Ok(in_the_way)
            })
        })
    }

    fn theme(&self, environment: i64) -> StoreFuture<'_, Theme> {
        read!(self, |reader| theme::read(&reader, environment))
    }

    fn put_theme(&self, environment: i64, look: Theme) -> StoreFuture<'_, ()> {
        self.write(move |scope| {
            Box::pin(async move {
                theme::write(&scope.connection, environment, &look).await?;
                audit::note(scope, &true).await
            })
        })
    }
}
