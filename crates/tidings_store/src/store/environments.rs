//! The part of [`Store`](crate::Store) about environments, their plans and how their portal looks.

use tidings_domain::application::Environment;
use tidings_domain::clock::Millis;
use tidings_domain::plan::Plan;
use tidings_domain::theme::Theme;

use crate::StoreFuture;

/// The steps that touch environments and their plans.
pub trait Environments {
    /// The environment of this name; made if it is not there.
    fn ensure_environment(&self, name: String, now: Millis) -> StoreFuture<'_, Environment>;
    /// All environments, oldest first.
    fn environments(&self) -> StoreFuture<'_, Vec<Environment>>;
    /// The plans of an environment, the lowest first.
    fn plans(&self, environment: i64) -> StoreFuture<'_, Vec<Plan>>;
    /// Replaces them, unless an application has one that would go; gives the plan's uid then.
    fn put_plans(&self, environment: i64, plans: Vec<Plan>) -> StoreFuture<'_, Option<String>>;
    /// How the portal of an environment looks.
    fn theme(&self, environment: i64) -> StoreFuture<'_, Theme>;
    /// Changes that.
    fn put_theme(&self, environment: i64, theme: Theme) -> StoreFuture<'_, ()>;
}
