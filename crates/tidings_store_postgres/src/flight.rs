//! Statements that are sent in one go, in order, before the first of them is answered.
//!
//! The driver puts a statement into its queue when its future is first polled, and answers come in the
//! order of the statements. After one that fails the server refuses the rest of the transaction, so the
//! first failure tells why. Every statement must have been prepared before (`statements::in_flight`).

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, MaybeDone, maybe_done, poll_fn};
use std::task::Poll;

use crate::failure::Result;

#[derive(Default)]
pub(crate) struct Flight<'a>(Vec<MaybeDone<BoxFuture<'a, Result<()>>>>);

impl<'a> Flight<'a> {
    /// Adds one at the end.
    pub(crate) fn add<T>(&mut self, statement: impl Future<Output = Result<T>> + Send + 'a) {
        let statement = statement.map(|result| result.map(|_| ()));
        self.0.push(maybe_done(statement.boxed()));
    }

    /// Sends all and waits until all are answered. The first failure counts.
    pub(crate) async fn land(mut self) -> Result<()> {
        poll_fn(|context| {
            let mut is_done = true;
            for statement in &mut self.0 {
                is_done &= statement.poll_unpin(context).is_ready();
            }
            if is_done {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        for statement in self.0 {
            if let MaybeDone::Done(result) = statement {
                result?;
            }
        }
        Ok(())
    }
}
