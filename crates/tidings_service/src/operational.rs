//! Operational webhooks: the endpoints that are told what the server does itself.
//!
//! They are endpoints like any others, of an application that each environment gets with the first of them
//! and that nobody can name. So every use case of endpoints serves them as well, once the caller says that
//! it means them.

use tidings_domain::endpoint::Endpoint;
use tidings_domain::names::is_wanted_event_type;
use tidings_domain::operational::OperationalEventType;
use tidings_store::{AttemptRow, Dedup, NewApplication};

use crate::applications::Placed;
use crate::attempts::AttemptFilter;
use crate::endpoints::EndpointDraft;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::{Caller, Listed, PageQuery, Service};

/// How use cases name the application that nobody can name: not at all.
pub const ITS_APPLICATION: &str = "";

impl Caller {
    /// The same caller, who means the endpoints of operational webhooks.
    #[must_use]
    pub fn operational(self) -> Self {
        Self {
            is_operational: true,
            ..self
        }
    }
}

impl Service {
    /// Makes an endpoint for operational events.
    pub async fn create_operational_endpoint(
        &self,
        caller: Caller,
        draft: EndpointDraft,
        dedup: Option<Dedup>,
    ) -> Result<Endpoint, ServiceError> {
        self.ensure_operational(caller).await?;
        self.create_endpoint(caller.operational(), ITS_APPLICATION, draft, dedup)
            .await
    }

    /// Replaces the operational endpoint of this name, or makes it.
    pub async fn put_operational_endpoint(
        &self,
        caller: Caller,
        name: &str,
        draft: EndpointDraft,
    ) -> Result<Placed<Endpoint>, ServiceError> {
        self.ensure_operational(caller).await?;
        self.put_endpoint(caller.operational(), ITS_APPLICATION, name, draft)
            .await
    }

    /// One page of the operational endpoints.
    pub async fn operational_endpoints(
        &self,
        caller: Caller,
        query: &PageQuery,
    ) -> Result<Listed<Endpoint>, ServiceError> {
        let found = self.directory.operational(caller.environment).await?;
        if found.is_none() {
            return Ok(Listed::empty());
        }
        self.endpoints(caller.operational(), ITS_APPLICATION, query)
            .await
    }

    /// One page of the attempts to an operational endpoint.
    pub async fn operational_attempts(
        &self,
        caller: Caller,
        endpoint: &str,
        filter: &AttemptFilter,
        query: &PageQuery,
    ) -> Result<Listed<AttemptRow>, ServiceError> {
        self.attempts_of_endpoint(
            caller.operational(),
            ITS_APPLICATION,
            endpoint,
            filter,
            query,
        )
        .await
    }

    async fn ensure_operational(&self, caller: Caller) -> Result<(), ServiceError> {
        let found = self.directory.operational(caller.environment).await?;
        if found.is_some() {
            return Ok(());
        }
        let new = NewApplication {
            environment: caller.environment,
            uid: None,
            name: "Operational webhooks".to_owned(),
            throttle_rate: None,
            plan: None,
            feature_flags: None,
            metadata: std::collections::BTreeMap::default(),
            created_at: self.now(),
            tail: self.entropy.id_tail(),
        };
        self.store.ensure_operational_application(new).await?;
        self.publish_change().await
    }
}

/// Notes event types that no operational event has.
pub(crate) fn check_told_types(names: &[String], problems: &mut Problems) {
    let is_told = |name: &str| {
        let mut all = OperationalEventType::ALL.into_iter();
        all.any(|known| is_wanted_event_type(name, known.as_str()))
    };
    let unknown: Vec<&str> = names.iter().map(String::as_str).collect();
    let unknown: Vec<&str> = unknown.into_iter().filter(|name| !is_told(name)).collect();
    if !unknown.is_empty() {
        let known = OperationalEventType::ALL.map(OperationalEventType::as_str);
        let msg = format!(
            "no operational event is of the type {}; there are {}",
            unknown.join(", "),
            known.join(", ")
        );
        problems.push(FieldProblem::body("eventTypes", msg));
    }
}
