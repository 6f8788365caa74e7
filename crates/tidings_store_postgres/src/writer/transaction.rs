//! One batch in one transaction, in as few round trips as there are answers to wait for.
//!
//! Outcomes come first, then steps, then new messages. Most batches wait for nothing but the end, and go
//! out in one piece with their `COMMIT`: if the beat finds that another node has taken over, it fails, and
//! the server refuses all that is behind it. Keys, rows that move and steps must be answered first.

use std::time::Duration;

use futures_util::future::join3;

use super::Batch;
use crate::accept::{Accepting, Round};
use crate::connection::Connection;
use crate::failure::{Failure, TAKEN_OVER};
use crate::flight::Flight;
use crate::journal::Numbers;
use crate::settle;
use crate::step::Scope;

/// How the attempt to write a batch ended.
pub(super) enum Failed {
    /// Nothing of it is there.
    Undone(Failure),
    /// The answer of the commit was lost.
    InDoubt(Failure),
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self::Undone(failure)
    }
}

/// Writes a batch and commits it.
pub(super) async fn write(
    scope: &mut Scope,
    batch: &mut Batch,
    lease_for: Duration,
) -> Result<(), Failed> {
    let connection = scope.connection.clone();
    let connection = &*connection;
    let beat = (scope.journal.is_open() && !scope.is_fenced).then(|| {
        scope
            .journal
            .beat(new_numbers(batch), batch.span(), lease_for)
    });
    let settling = settle::plan(scope, &batch.settlements, batch.is_again);
    let mut accepting = Accepting::new(&batch.acceptances);
    let mut round = None;
    if batch.steps.is_empty() && may_accept(scope) {
        round = accepting.next_round(scope);
    }

    let joining;
    let mut flight = Flight::default();
    if let Some(beat) = &beat {
        flight.add(beat.send(connection));
    }
    settling.send(connection, &mut flight);
    let asks = round.as_ref().is_some_and(Round::asks);
    if batch.steps.is_empty() && settling.is_sent() && !asks {
        if let Some(round) = &mut round {
            accepting.note(scope, round);
            round.send(scope, connection, &mut flight);
        }
        joining = accepting.finish(scope);
        joining.send(connection, &mut flight);
        return commit(connection, true, flight).await;
    }

    let keys = take_keys(round.as_ref(), connection);
    let (begun, sent, mut won) = join3(connection.run("BEGIN"), flight.land(), keys).await;
    begun.and(sent)?;
    settling.finish(connection).await?;
    for step in &mut batch.steps {
        step.run(scope).await?;
    }
    if round.is_none() && may_accept(scope) {
        round = accepting.next_round(scope);
        won = take_keys(round.as_ref(), connection).await;
    }
    while let Some(mut current) = round {
        accepting.keep_new(connection, &mut current, won?).await?;
        accepting.note(scope, &mut current);
        let joining;
        let mut flight = Flight::default();
        current.send(scope, connection, &mut flight);
        if !accepting.has_more() {
            joining = accepting.finish(scope);
            joining.send(connection, &mut flight);
            return commit(connection, false, flight).await;
        }
        flight.land().await?;
        round = accepting.next_round(scope);
        won = take_keys(round.as_ref(), connection).await;
    }
    commit(connection, false, Flight::default()).await
}

fn new_numbers(batch: &Batch) -> Numbers {
    let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    Numbers {
        message: count(batch.acceptances.len()),
        attempt: count(batch.settlements.len()),
    }
}

/// Whether new messages can be written; if not, notes why.
fn may_accept(scope: &mut Scope) -> bool {
    scope.effects.refusal = if scope.is_fenced {
        Some(TAKEN_OVER)
    } else if scope.journal.is_open() && scope.journal.floor.is_some() {
        None
    } else {
        Some("no journal is open")
    };
    scope.effects.refusal.is_none()
}

async fn take_keys(
    round: Option<&Round<'_>>,
    connection: &Connection,
) -> crate::failure::Result<Vec<Vec<u8>>> {
    match round {
        Some(round) => round.take_keys(connection).await,
        None => Ok(Vec::new()),
    }
}

/// Sends what is left of a transaction, or all of it, with its end.
async fn commit(connection: &Connection, begins: bool, flight: Flight<'_>) -> Result<(), Failed> {
    let beginning = async {
        if begins {
            connection.run("BEGIN").await
        } else {
            Ok(())
        }
    };
    let (begun, sent, ended) = join3(beginning, flight.land(), connection.run("COMMIT")).await;
    match (begun, sent, ended) {
        (Ok(()), Ok(()), Ok(())) => Ok(()),
        // The server has answered to the end: it was no commit.
        (Ok(()), Err(failure), Ok(())) => Err(Failed::Undone(failure)),
        // Whatever it says: it may be there. What was not begun as a transaction was none.
        (_, _, Err(failure)) | (Err(failure), _, Ok(())) => Err(Failed::InDoubt(failure)),
    }
}
