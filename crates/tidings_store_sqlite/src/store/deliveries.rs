//! [`Deliveries`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::delivery::Pending;
use tidings_domain::message::MessageKey;
use tidings_store::{
    Creditor, Dedup, Deliveries, Due, Owed, OwedCount, Resend, Resent, Settlement, StoreFuture,
};

use crate::writer::{self, Operation};
use crate::{SqliteStore, line, pending};

impl Deliveries for SqliteStore {
    fn settle(&self, settlement: Settlement) {
        // Fails only after the store was closed; the journal was left open then, and a start recovers.
        let _ = writer::send(&self.queue, Operation::Settle(Box::new(settlement)));
    }

    fn owe(&self, deliveries: Vec<Owed>) -> StoreFuture<'_, ()> {
        self.write(move |scope| pending::owe(scope, &deliveries))
    }

    fn resend(&self, resend: Resend, dedup: Option<Dedup>) -> StoreFuture<'_, Resent> {
        self.write_audited(move |scope| pending::resend(scope, &resend, dedup.as_ref()))
    }

    fn due_endpoints(
        &self,
        after: Option<Creditor>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<(Creditor, Millis)>> {
        self.readers
            .read(move |connection| pending::due_endpoints(connection, after, limit))
    }

    fn owed(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, OwedCount> {
        self.readers
            .read(move |connection| pending::owed(connection, creditor.endpoint, limit))
    }

    fn due(&self, creditor: Creditor, now: Millis, limit: usize) -> StoreFuture<'_, Due> {
        self.readers
            .read(move |connection| pending::due(connection, creditor.endpoint, now, limit))
    }

    fn due_beside_line(
        &self,
        creditor: Creditor,
        now: Millis,
        limit: usize,
    ) -> StoreFuture<'_, Due> {
        self.readers
            .read(move |connection| line::due_beside(connection, creditor.endpoint, now, limit))
    }

    fn line(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, Vec<Pending>> {
        self.readers
            .read(move |connection| line::first(connection, creditor.endpoint, limit))
    }

    fn lines(&self, after: Option<Creditor>, limit: usize) -> StoreFuture<'_, Vec<Creditor>> {
        self.readers
            .read(move |connection| line::all(connection, after, limit))
    }

    fn leave_line(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, usize> {
        self.write(move |scope| line::leave(scope, creditor.endpoint, limit))
    }

    fn count_recoveries(&self, rows: Vec<Pending>) -> StoreFuture<'_, ()> {
        self.write(move |scope| pending::count_recoveries(scope, &rows))
    }

    fn expand_fan_out(
        &self,
        message: MessageKey,
        now: Millis,
    ) -> StoreFuture<'_, (Vec<i64>, bool)> {
        self.write(move |scope| pending::expand_fan_out(scope, message.id.seq(), now))
    }
}
