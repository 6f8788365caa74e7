//! [`Boards`], passed on to the files that do it.

use tidings_domain::button::{Board, BoardPatch, Button, ButtonPatch};
use tidings_domain::clock::Millis;
use tidings_domain::ids::{BoardId, ButtonId};
use tidings_store::{
    Boards, Dedup, NewBoard, NewButton, PageRequest, Reference, StoreFuture, Written,
};

use super::passing::{read, write_audited};
use crate::{PostgresStore, boards, buttons};

impl Boards for PostgresStore {
    fn create_board(&self, new: NewBoard, dedup: Option<Dedup>) -> StoreFuture<'_, Written<Board>> {
        write_audited!(self, |scope| boards::create(scope, &new, dedup.as_ref()))
    }

    fn board(
        &self,
        application: i64,
        reference: Reference<BoardId>,
    ) -> StoreFuture<'_, Option<Board>> {
        read!(self, |reader| boards::find(
            &reader,
            application,
            &reference
        ))
    }

    fn boards(&self, application: i64, page: PageRequest) -> StoreFuture<'_, Vec<Board>> {
        read!(self, |reader| boards::list(&reader, application, page))
    }

    fn update_board(
        &self,
        ordinal: i64,
        patch: BoardPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Board>> {
        write_audited!(self, |scope| boards::update(scope, ordinal, patch, now))
    }

    fn delete_board(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        write_audited!(self, |scope| boards::delete(scope, ordinal, now))
    }

    fn create_button(
        &self,
        new: NewButton,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Button>> {
        write_audited!(self, |scope| buttons::create(scope, &new, dedup.as_ref()))
    }

    fn button(
        &self,
        application: i64,
        reference: Reference<ButtonId>,
    ) -> StoreFuture<'_, Option<Button>> {
        read!(self, |reader| buttons::find(
            &reader,
            application,
            &reference
        ))
    }

    fn buttons(
        &self,
        application: i64,
        board: Option<i64>,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Button>> {
        read!(self, |reader| buttons::list(
            &reader,
            application,
            board,
            page
        ))
    }

    fn update_button(
        &self,
        ordinal: i64,
        patch: ButtonPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Button>> {
        write_audited!(self, |scope| buttons::update(scope, ordinal, patch, now))
    }

    fn delete_button(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        write_audited!(self, |scope| buttons::delete(scope, ordinal, now))
    }
}
