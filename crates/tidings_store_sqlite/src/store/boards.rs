//! [`Boards`], passed on to the files that do it.

use tidings_domain::button::{Board, BoardPatch, Button, ButtonPatch};
use tidings_domain::clock::Millis;
use tidings_domain::ids::{BoardId, ButtonId};
use tidings_store::{
    Boards, Dedup, NewBoard, NewButton, PageRequest, Reference, StoreFuture, Written,
};

use crate::{SqliteStore, boards, buttons};

impl Boards for SqliteStore {
    fn create_board(&self, new: NewBoard, dedup: Option<Dedup>) -> StoreFuture<'_, Written<Board>> {
        self.write_audited(move |scope| boards::create(scope, &new, dedup.as_ref()))
    }

    fn board(
        &self,
        application: i64,
        reference: Reference<BoardId>,
    ) -> StoreFuture<'_, Option<Board>> {
        self.readers
            .read(move |connection| boards::find(connection, application, &reference))
    }

    fn boards(&self, application: i64, page: PageRequest) -> StoreFuture<'_, Vec<Board>> {
        self.readers
            .read(move |connection| boards::list(connection, application, page))
    }

    fn update_board(
        &self,
        ordinal: i64,
        patch: BoardPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Board>> {
        self.write_audited(move |scope| boards::update(scope, ordinal, patch, now))
    }

    fn delete_board(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| boards::delete(scope, ordinal, now))
    }

    fn create_button(
        &self,
        new: NewButton,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Button>> {
        self.write_audited(move |scope| buttons::create(scope, &new, dedup.as_ref()))
    }

    fn button(
        &self,
        application: i64,
        reference: Reference<ButtonId>,
    ) -> StoreFuture<'_, Option<Button>> {
        self.readers
            .read(move |connection| buttons::find(connection, application, &reference))
    }

    fn buttons(
        &self,
        application: i64,
        board: Option<i64>,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Button>> {
        self.readers
            .read(move |connection| buttons::list(connection, application, board, page))
    }

    fn update_button(
        &self,
        ordinal: i64,
        patch: ButtonPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Button>> {
        self.write_audited(move |scope| buttons::update(scope, ordinal, patch, now))
    }

    fn delete_button(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool> {
        self.write_audited(move |scope| buttons::delete(scope, ordinal, now))
    }
}
