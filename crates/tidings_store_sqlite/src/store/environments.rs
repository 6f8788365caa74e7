//! [`Environments`], passed on to the files that do it.

use tidings_domain::application::Environment;
use tidings_domain::clock::Millis;
use tidings_domain::plan::Plan;
use tidings_domain::theme::Theme;
use tidings_store::{Environments, StoreFuture};

use crate::{SqliteStore, audit, keys, plan_list, theme};

impl Environments for SqliteStore {
    fn ensure_environment(&self, name: String, now: Millis) -> StoreFuture<'_, Environment> {
        self.write(move |scope| keys::ensure_environment(scope, &name, now))
    }

    fn environments(&self) -> StoreFuture<'_, Vec<Environment>> {
        self.readers.read(keys::environments)
    }

    fn plans(&self, environment: i64) -> StoreFuture<'_, Vec<Plan>> {
        self.readers
            .read(move |connection| plan_list::read(connection, environment))
    }

    fn put_plans(&self, environment: i64, plans: Vec<Plan>) -> StoreFuture<'_, Option<String>> {
        self.write(move |scope| {
            let in_the_way = plan_list::write(scope, environment, &plans)?;
            audit::note(scope, &in_the_way.is_none())?;
            Ok(in_the_way)
        })
    }

    fn theme(&self, environment: i64) -> StoreFuture<'_, Theme> {
        self.readers
            .read(move |connection| theme::read(connection, environment))
    }

    fn put_theme(&self, environment: i64, look: Theme) -> StoreFuture<'_, ()> {
        self.write(move |scope| {
            theme::write(scope, environment, &look)?;
            audit::note(scope, &true)
        })
    }
}
