//! Steps that are not on the hot path: a closure in the writer's transaction, answered after the commit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use tidings_domain::audit::{Describe, Fields};
use tidings_domain::operational::OperationalEventType;
use tidings_store::commit::{Answered, Effects};
use tidings_store::{Note, StoreError};
use tokio::sync::oneshot;

use crate::connection::Connection;
use crate::failure::{Failure, Result};
use crate::journal::Journal;
use crate::ownership::Ownership;

/// What a batch and its steps see of the writer.
pub(crate) struct Scope {
    pub(crate) connection: Arc<Connection>,
    pub(crate) journal: Journal,
    pub(crate) effects: Effects,
    pub(crate) ownership: Arc<Ownership>,
    /// Another node has taken over from this one.
    pub(crate) is_fenced: bool,
    /// What the step that runs is to tell of its change.
    pub(crate) note: Option<Arc<Note>>,
    /// What its object was like before, if the log asks for that.
    pub(crate) before: Mutex<Option<Fields>>,
}

impl Scope {
    /// Whether the note of the step says that somebody wants to be told of this.
    pub(crate) fn is_told(&self, event_type: OperationalEventType) -> bool {
        let wants = |note: &Arc<Note>| note.told.contains(event_type);
        self.note.as_ref().is_some_and(wants)
    }

    /// Keeps what an object is like before it is changed, for the log.
    pub(crate) fn keep_before(&self, object: &impl Describe) {
        let is_asked_for = |note: &Arc<Note>| note.audit.is_some();
        if self.note.as_ref().is_some_and(is_asked_for) {
            *self.lock_before() = Some(object.describe().fields);
        }
    }

    /// What was kept, once.
    pub(crate) fn take_before(&self) -> Option<Fields> {
        self.lock_before().take()
    }

    fn lock_before(&self) -> MutexGuard<'_, Option<Fields>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A step of unknown result.
pub(crate) trait Step: Answered {
    /// Does the work. An error here concerns the whole batch; the step's own errors are kept for its
    /// caller, and its own changes are undone.
    fn run<'a>(&'a mut self, scope: &'a mut Scope) -> BoxFuture<'a, Result<()>>;
}

struct Closure<F, T> {
    work: Option<F>,
    note: Option<Arc<Note>>,
    result: Option<std::result::Result<T, StoreError>>,
    reply: oneshot::Sender<std::result::Result<T, StoreError>>,
}

/// Where the result of a step will be.
pub(crate) type Promise<T> = oneshot::Receiver<std::result::Result<T, StoreError>>;

/// Makes a step of a closure. It is run again where another node was quicker: then it sees what that one made.
pub(crate) fn step<T, F>(work: F, note: Option<Arc<Note>>) -> (Box<dyn Step>, Promise<T>)
where
    T: Send + 'static,
    F: for<'a> FnOnce(&'a mut Scope) -> BoxFuture<'a, Result<T>> + Clone + Send + 'static,
{
    let (reply, result) = oneshot::channel();
    let step = Closure {
        work: Some(work),
        note,
        result: None,
        reply,
    };
    (Box::new(step), result)
}

impl<T, F> Step for Closure<F, T>
where
    T: Send + 'static,
    F: for<'a> FnOnce(&'a mut Scope) -> BoxFuture<'a, Result<T>> + Clone + Send + 'static,
{
    fn run<'a>(&'a mut self, scope: &'a mut Scope) -> BoxFuture<'a, Result<()>> {
        let work = self.work.take().expect("a step runs once");
        Box::pin(async move {
            let extent = scope.effects.extent();
            scope.note = self.note.take();
            scope.take_before();
            for is_last in [false, false, true] {
                scope.connection.run("SAVEPOINT step").await?;
                match work.clone()(scope).await {
                    Ok(value) => {
                        self.result = Some(Ok(value));
                        scope.connection.run("RELEASE step").await?;
                        break;
                    }
                    Err(failure) if concerns_all(&failure) => return Err(failure),
                    Err(failure) => {
                        let undo = "ROLLBACK TO step; RELEASE step";
                        scope.connection.run(undo).await?;
                        scope.effects.cut_back(&extent);
                        if is_last || !failure.is_race() {
                            self.result = Some(Err(failure.meaning()));
                            break;
                        }
                    }
                }
            }
            Ok(())
        })
    }
}

/// Whether the transaction has ended with the failure, or nothing more can be written in it.
fn concerns_all(failure: &Failure) -> bool {
    matches!(
        failure.meaning(),
        StoreError::Unavailable(_) | StoreError::Full
    )
}

impl<T, F> Answered for Closure<F, T>
where
    T: Send + 'static,
    F: for<'a> FnOnce(&'a mut Scope) -> BoxFuture<'a, Result<T>> + Clone + Send + 'static,
{
    fn answer(self: Box<Self>, outcome: std::result::Result<(), StoreError>) {
        let missing = || Err(StoreError::Internal("the step did not run".into()));
        let result = match outcome {
            Ok(()) => self.result.unwrap_or_else(missing),
            Err(error) => Err(error),
        };
        let _ = self.reply.send(result); // fails where the caller has gone
    }
}
