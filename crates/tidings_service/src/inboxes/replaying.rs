//! A caught request, sent on to where a developer wants it.

use tidings_domain::delivery::Exchange;
use tidings_store::Forward;

use crate::error::{Problems, ServiceError};
use crate::limits::RETRY_AFTER_BUSY;
use crate::{Caller, Service};

impl Service {
    /// Sends a request that an inbox has caught to this address, once and through the guard, and tells how that went. The
    /// address stands for that of the inbox: nothing is added to it.
    pub async fn replay_inbox_request(
        &self,
        caller: Caller,
        (inbox, id): (&str, &str),
        url: &str,
    ) -> Result<Exchange, ServiceError> {
        let request = self.inbox_request(caller, inbox, id).await?.request;
        let mut problems = Problems::default();
        self.check_url(url, &mut problems);
        problems.finish()?;
        let busy = ServiceError::Unavailable {
            retry_after: RETRY_AFTER_BUSY,
            source: None,
        };
        let permit = self.admission.try_test().ok_or(busy)?;
        let forward = Forward {
            method: request.method,
            url: url.to_owned(),
            headers: request.headers,
            body: request.body,
        };
        Ok(self.admission.forward(forward, permit).await)
    }
}
