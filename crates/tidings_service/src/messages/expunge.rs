//! Payloads and answers that are taken away before their time, and whether anybody would get a message.

use std::collections::BTreeMap;

use tidings_domain::audit::Action;
use tidings_domain::ids::AttemptId;
use tidings_domain::names::check_event_type_name;
use tidings_store::directory::ApplicationView;

use super::NOT_FOUND;
use crate::attempts;
use crate::audit::Touched;
use crate::endpoints::check_channels;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::limits::EXPUNGED_AT_ONCE_MAX;
use crate::{Caller, Service};

impl Service {
    /// Takes the payload of a message away. What is owed of it is canceled.
    pub async fn expunge_message(
        &self,
        caller: Caller,
        application: &str,
        message: &str,
    ) -> Result<(), ServiceError> {
        let view = self.view(caller, application).await?;
        if self.expunge(caller, &view, message).await? {
            Ok(())
        } else {
            Err(NOT_FOUND)
        }
    }

    /// Takes the payloads of several messages away; tells of each whether it was there.
    pub async fn expunge_messages(
        &self,
        caller: Caller,
        application: &str,
        names: Vec<String>,
    ) -> Result<BTreeMap<String, bool>, ServiceError> {
        if names.len() > EXPUNGED_AT_ONCE_MAX {
            let msg = format!("may name at most {EXPUNGED_AT_ONCE_MAX} messages");
            return Err(ServiceError::invalid(FieldProblem::body("ids", msg)));
        }
        let view = self.view(caller, application).await?;
        let mut expunged = BTreeMap::new();
        for name in names {
            let was_there = self.expunge(caller, &view, &name).await?;
            expunged.insert(name, was_there);
        }
        Ok(expunged)
    }

    async fn expunge(
        &self,
        caller: Caller,
        view: &ApplicationView,
        name: &str,
    ) -> Result<bool, ServiceError> {
        let message = match self.find_message(view.ordinal(), name).await {
            Ok(message) => message,
            Err(ServiceError::NotFound { .. }) => return Ok(false),
            Err(other) => return Err(other),
        };
        let now = self.now();
        let touched = Touched::of(view.application.id);
        let touched = touched.known(&message.id, message.event_id.as_deref());
        let store = self.noting(caller, Action::MessageExpunge, touched).await?;
        Ok(store.expunge_message(message.key(), now).await?)
    }

    /// Takes away what an endpoint has answered to an attempt.
    pub async fn expunge_attempt(
        &self,
        caller: Caller,
        application: &str,
        (message, attempt): (&str, &str),
    ) -> Result<(), ServiceError> {
        let id: AttemptId = attempt.parse().map_err(|_| attempts::NOT_FOUND)?;
        let view = self.view(caller, application).await?;
        let message = self.find_message(view.ordinal(), message).await?;
        let touched = Touched::of(view.application.id).known(&id, None);
        let store = self.noting(caller, Action::AttemptExpunge, touched).await?;
        if store.expunge_attempt(message.key(), id).await? {
            Ok(())
        } else {
            Err(attempts::NOT_FOUND)
        }
    }

    /// Whether any endpoint would get a message of this type on these channels, if its filter lets it.
    pub async fn has_receiver(
        &self,
        caller: Caller,
        application: &str,
        event_type: &str,
        channels: &[String],
    ) -> Result<bool, ServiceError> {
        let mut problems = Problems::default();
        problems.check("eventType", check_event_type_name(event_type));
        if !channels.is_empty() {
            check_channels(channels, &mut problems);
        }
        problems.finish()?;
        let view = self.view(caller, application).await?;
        Ok(view.has_receiver(event_type, channels))
    }
}
