//! The part of [`Store`](crate::Store) about boards and their buttons.

use tidings_domain::button::{Board, BoardPatch, Button, ButtonPatch, Face, Place};
use tidings_domain::clock::Millis;
use tidings_domain::ids::{BoardId, ButtonId};

use crate::{Dedup, NewEndpoint, PageRequest, Reference, StoreFuture, Written};

/// A new board. See [`Board`] for the fields.
#[derive(Debug, Clone)]
pub struct NewBoard {
    /// The application, by number.
    pub application: i64,
    /// The product's own name for it.
    pub uid: Option<String>,
    /// What people call it.
    pub name: String,
    /// How many rows it has.
    pub rows: u32,
    /// How many columns it has.
    pub columns: u32,
    /// Now.
    pub created_at: Millis,
    /// 48 bits of chance for the id.
    pub tail: i64,
}

/// A new button with the endpoint behind it, whose application, URL, time and chance are the button's.
#[derive(Debug, Clone)]
pub struct NewButton {
    /// The board, by number.
    pub board: i64,
    /// The product's own name for it.
    pub uid: Option<String>,
    /// Where it is.
    pub place: Place,
    /// What it shows, and what it sends.
    pub face: Face,
    /// The endpoint, which no list of endpoints shows.
    pub endpoint: NewEndpoint,
}

/// The steps that touch boards and buttons.
pub trait Boards {
    /// Makes a board; its application must be there.
    fn create_board(&self, new: NewBoard, dedup: Option<Dedup>) -> StoreFuture<'_, Written<Board>>;
    /// The board of this id or uid in an application.
    fn board(
        &self,
        application: i64,
        reference: Reference<BoardId>,
    ) -> StoreFuture<'_, Option<Board>>;
    /// One page of the boards of an application, by number.
    fn boards(&self, application: i64, page: PageRequest) -> StoreFuture<'_, Vec<Board>>;
    /// Changes a board.
    fn update_board(
        &self,
        ordinal: i64,
        patch: BoardPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Board>>;
    /// Deletes a board and its buttons. False if it is not there.
    fn delete_board(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool>;
    /// Makes a button; its board must be there. [`Written::Taken`] gives the button that has its uid or its
    /// place.
    fn create_button(
        &self,
        new: NewButton,
        dedup: Option<Dedup>,
    ) -> StoreFuture<'_, Written<Button>>;
    /// The button of this id or uid in an application.
    fn button(
        &self,
        application: i64,
        reference: Reference<ButtonId>,
    ) -> StoreFuture<'_, Option<Button>>;
    /// One page of the buttons of an application, or of one board of it, by number.
    fn buttons(
        &self,
        application: i64,
        board: Option<i64>,
        page: PageRequest,
    ) -> StoreFuture<'_, Vec<Button>>;
    /// Changes a button. [`Written::Taken`] gives the button that has its uid or its place.
    fn update_button(
        &self,
        ordinal: i64,
        patch: ButtonPatch,
        now: Millis,
    ) -> StoreFuture<'_, Written<Button>>;
    /// Deletes a button; what the log says of its presses stays. False if it is not there.
    fn delete_button(&self, ordinal: i64, now: Millis) -> StoreFuture<'_, bool>;
}
