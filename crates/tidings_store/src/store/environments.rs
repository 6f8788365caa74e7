//! The part of [`Store`](crate::Store) about environments and their plans.

use tidings_domain::application::Environment;
use tidings_domain::clock::Millis;
use tidings_domain::plan::Plan;

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
}
