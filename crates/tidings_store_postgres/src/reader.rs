//! Connections that only read.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidings_store::StoreError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::connection::Connection;
use crate::connector::Connector;

/// How long a read waits for a connection to come free.
const WAIT_FOR_MAX: Duration = Duration::from_secs(5);

/// A pool of a fixed size; connections are made when they are first needed.
#[derive(Clone)]
pub(crate) struct Readers {
    connector: Arc<Connector>,
    idle: Arc<Mutex<Vec<Connection>>>,
    places: Arc<Semaphore>,
}

/// A connection in use; dropping it gives it back.
pub(crate) struct Reader {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
    _place: OwnedSemaphorePermit,
}

impl Readers {
    pub(crate) fn new(connector: Arc<Connector>, count_max: usize) -> Self {
        Self {
            connector,
            idle: Arc::default(),
            places: Arc::new(Semaphore::new(count_max)),
        }
    }

    /// A connection, as soon as one is free.
    pub(crate) async fn take(&self) -> Result<Reader, StoreError> {
        let place = tokio::time::timeout(WAIT_FOR_MAX, self.places.clone().acquire_owned());
        let place = match place.await {
            Ok(Ok(place)) => place,
            Ok(Err(_)) => return Err(StoreError::Unavailable("the store has been closed".into())),
            Err(_) => return Err(StoreError::Busy),
        };
        let connection = match self.idle() {
            Some(connection) => connection,
            None => Connection::open(&self.connector).await?,
        };
        Ok(Reader {
            connection: Some(connection),
            idle: self.idle.clone(),
            _place: place,
        })
    }

    /// One that is open still; those that are not are thrown away.
    fn idle(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|connection| !connection.is_closed());
        idle.pop()
    }

    /// Refuses whoever comes from now on.
    pub(crate) fn close(&self) {
        self.places.close();
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("it is there until the drop")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let connection = self.connection.take();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(connection.filter(|connection| !connection.is_closed()));
    }
}
