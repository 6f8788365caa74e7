//! [`Deliveries`], passed on to the files that do it.

use tidings_domain::clock::Millis;
use tidings_domain::delivery::Pending;
use tidings_domain::message::MessageKey;
use tidings_domain::slot;
use tidings_store::{
    Creditor, Dedup, Deliveries, Due, Owed, OwedCount, Resend, Resent, Settlement, StoreFuture,
};

use super::passing::{read, write_audited_in, write_in};
use crate::writer::Operation;
use crate::{PostgresStore, fan_out, line, pending};

impl Deliveries for PostgresStore {
    fn settle(&self, settlement: Settlement) {
        // Fails only after the store was closed; the journal was left open then, and a start recovers.
        let _ = self
            .group_of(&settlement)
            .send(Operation::Settle(Box::new(settlement)));
    }

    fn owe(&self, deliveries: Vec<Owed>) -> StoreFuture<'_, ()> {
        Box::pin(self.owe_in_groups(deliveries))
    }

    fn resend(&self, resend: Resend, dedup: Option<Dedup>) -> StoreFuture<'_, Resent> {
        let slot = slot::of(resend.message.application);
        write_audited_in!(self, slot, |scope| pending::resend(
            scope,
            &resend,
            dedup.as_ref()
        ))
    }

    fn due_endpoints(
        &self,
        after: Option<Creditor>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<(Creditor, Millis)>> {
        let slots = self.ownership.slots();
        read!(self, |reader| pending::due_endpoints(
            &reader, &slots, after, limit
        ))
    }

    fn owed(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, OwedCount> {
        read!(self, |reader| pending::owed(&reader, creditor, limit))
    }

    fn due(&self, creditor: Creditor, now: Millis, limit: usize) -> StoreFuture<'_, Due> {
        read!(self, |reader| pending::due(&reader, creditor, now, limit))
    }

    fn due_beside_line(
        &self,
        creditor: Creditor,
        now: Millis,
        limit: usize,
    ) -> StoreFuture<'_, Due> {
        read!(self, |reader| line::due_beside(
            &reader, creditor, now, limit
        ))
    }

    fn line(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, Vec<Pending>> {
        read!(self, |reader| line::first(&reader, creditor, limit))
    }

    fn lines(&self, after: Option<Creditor>, limit: usize) -> StoreFuture<'_, Vec<Creditor>> {
        let slots = self.ownership.slots();
        read!(self, |reader| line::all(&reader, &slots, after, limit))
    }

    fn leave_line(&self, creditor: Creditor, limit: usize) -> StoreFuture<'_, usize> {
        write_in!(self, creditor.slot, |scope| line::leave(
            scope, creditor, limit
        ))
    }

    fn count_recoveries(&self, rows: Vec<Pending>) -> StoreFuture<'_, ()> {
        Box::pin(self.count_recoveries_in_groups(rows))
    }

    fn expand_fan_out(
        &self,
        message: MessageKey,
        now: Millis,
    ) -> StoreFuture<'_, (Vec<i64>, bool)> {
        let slot = slot::of(message.application);
        write_in!(self, slot, |scope| fan_out::expand(scope, message, now))
    }
}
