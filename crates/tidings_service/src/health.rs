//! Whether this node can do its work just now.

use tidings_store::StoreError;

use crate::limits::READY_FOR_MAX;
use crate::{Service, ServiceError};

impl Service {
    /// Asks the store for something small. An error says that requests would be refused.
    pub async fn check_ready(&self) -> Result<(), ServiceError> {
        match tokio::time::timeout(READY_FOR_MAX, self.store.version()).await {
            Ok(answer) => answer.map(|_| ()).map_err(ServiceError::from),
            Err(_) => Err(StoreError::Unavailable("the store does not answer".to_owned()).into()),
        }
    }
}
