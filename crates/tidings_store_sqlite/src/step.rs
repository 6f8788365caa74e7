//! Steps that are not on the hot path: a closure in the writer's transaction, answered after the commit.

use std::sync::Arc;

use rusqlite::Connection;
use tidings_domain::audit::{Describe, Fields};
use tidings_domain::operational::OperationalEventType;
use tidings_store::commit::{Answered, Effects};
use tidings_store::{Note, StoreError};
use tokio::sync::oneshot;

use crate::convert::{failed, is_fatal, meaning};
use crate::journal::Journal;

/// What a step sees of the writer.
pub(crate) struct Scope<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) journal: &'a mut Journal,
    pub(crate) effects: &'a mut Effects,
    /// What is to be told of the change.
    pub(crate) note: Option<Arc<Note>>,
    /// What its object was like before, if the log asks for that.
    pub(crate) before: Option<Fields>,
}

impl Scope<'_> {
    /// Whether the note of the step says that somebody wants to be told of this.
    pub(crate) fn is_told(&self, event_type: OperationalEventType) -> bool {
        let wants = |note: &Arc<Note>| note.told.contains(event_type);
        self.note.as_ref().is_some_and(wants)
    }

    /// Keeps what an object is like before it is changed, for the log.
    pub(crate) fn keep_before(&mut self, object: &impl Describe) {
        let is_asked_for = |note: &Arc<Note>| note.audit.is_some();
        if self.note.as_ref().is_some_and(is_asked_for) {
            self.before = Some(object.describe().fields);
        }
    }
}

/// A step of unknown result.
pub(crate) trait Step: Answered {
    /// Does the work. An error here concerns the whole batch; the step's own errors are kept for its
    /// caller, and its own changes are undone.
    fn run(
        &mut self,
        connection: &Connection,
        journal: &mut Journal,
        effects: &mut Effects,
    ) -> rusqlite::Result<()>;
}

struct Closure<F, T> {
    work: Option<F>,
    note: Option<Arc<Note>>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

/// Makes a step of a closure, and gives the place where its result will be.
pub(crate) fn step<T, F>(
    work: F,
    note: Option<Arc<Note>>,
) -> (Box<dyn Step>, oneshot::Receiver<Result<T, StoreError>>)
where
    T: Send + 'static,
    F: FnOnce(&mut Scope<'_>) -> rusqlite::Result<T> + Send + 'static,
{
    let (reply, result) = oneshot::channel();
    (
        Box::new(Closure {
            work: Some(work),
            note,
            result: None,
            reply,
        }),
        result,
    )
}

impl<T, F> Step for Closure<F, T>
where
    T: Send + 'static,
    F: FnOnce(&mut Scope<'_>) -> rusqlite::Result<T> + Send + 'static,
{
    fn run(
        &mut self,
        connection: &Connection,
        journal: &mut Journal,
        effects: &mut Effects,
    ) -> rusqlite::Result<()> {
        let work = self.work.take().expect("a step runs once");
        let extent = effects.extent();
        connection.prepare_cached("SAVEPOINT step")?.execute([])?;
        let result = work(&mut Scope {
            connection,
            journal,
            effects,
            note: self.note.take(),
            before: None,
        });
        match result {
            Ok(value) => {
                self.result = Some(Ok(value));
                connection.prepare_cached("RELEASE step")?.execute([])?;
            }
            // Some errors, a full disk among them, end the whole transaction.
            Err(error) if is_fatal(&error) || connection.is_autocommit() => return Err(error),
            Err(error) if meaning(&error) == StoreError::Full => return Err(error),
            Err(error) => {
                self.result = Some(Err(failed(error)));
                connection.execute_batch("ROLLBACK TO step; RELEASE step")?;
                effects.cut_back(&extent);
            }
        }
        Ok(())
    }
}

impl<T, F> Answered for Closure<F, T>
where
    T: Send + 'static,
    F: FnOnce(&mut Scope<'_>) -> rusqlite::Result<T> + Send + 'static,
{
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let missing = || Err(StoreError::Internal("the step did not run".into()));
        let result = match outcome {
            Ok(()) => self.result.unwrap_or_else(missing),
            Err(error) => Err(error),
        };
        let _ = self.reply.send(result); // fails where the caller has gone
    }
}

#[cfg(test)]
mod tests {
    use tidings_store::Creditor;

    use super::*;

    #[tokio::test]
    async fn a_step_that_fails_leaves_nothing_behind_and_the_next_one_runs() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE number (value INTEGER NOT NULL); BEGIN")
            .unwrap();
        let (mut journal, mut effects) = (Journal::none(), Effects::default());
        let (mut good, first) = step(
            |scope| {
                scope.effects.owed.push((Creditor::unslotted(1), 1));
                scope
                    .connection
                    .execute("INSERT INTO number (value) VALUES (1)", [])
            },
            None,
        );
        let (mut bad, second) = step(
            |scope| {
                scope.effects.owed.push((Creditor::unslotted(2), 2));
                scope.effects.cleared.push(2);
                scope.effects.owed_in_hand.push((2, 2));
                scope
                    .connection
                    .execute("INSERT INTO number (value) VALUES (2)", [])?;
                scope
                    .connection
                    .execute("INSERT INTO number (value) VALUES (NULL)", [])
            },
            None,
        );
        good.run(&connection, &mut journal, &mut effects).unwrap();
        bad.run(&connection, &mut journal, &mut effects).unwrap();
        connection.execute_batch("COMMIT").unwrap();
        good.answer(Ok(()));
        bad.answer(Ok(()));
        assert_eq!(first.await, Ok(Ok(1)));
        assert!(matches!(second.await, Ok(Err(StoreError::Internal(_)))));
        let sum = connection.query_row("SELECT sum(value) FROM number", [], |row| row.get(0));
        assert_eq!(sum, Ok(1));
        assert_eq!(effects.owed, [(Creditor::unslotted(1), 1)]);
        assert!(effects.cleared.is_empty() && effects.owed_in_hand.is_empty());
    }
}
