//! Boards of buttons, and what a press sends.

mod buttons;
mod press;

use crate::audit::Touched;
use tidings_domain::audit::Action;
use tidings_domain::button::{Board, BoardPatch, SIDE_DEFAULT, SIDE_MAX};
use tidings_domain::ids::BoardId;
use tidings_domain::names::check_uid;
use tidings_store::{Dedup, NewBoard, Order, PageRequest, Reference, Written};

pub use self::buttons::ButtonDraft;
pub(crate) use self::press::Sessions;
pub use self::press::{PressDraft, Pressing};
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::keys::check_display_name;
use crate::limits::BOARDS_MAX;
use crate::pages::wrong_iterator;
use crate::{Caller, Listed, PageQuery, Service};

const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "board" };

/// What a caller says of a board; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BoardDraft {
    /// The product's own name for it; `Some(None)` takes it away.
    pub uid: Option<Option<String>>,
    /// What people call it; needed for a new one.
    pub name: Option<String>,
    /// How many rows it has.
    pub rows: Option<u32>,
    /// How many columns it has.
    pub columns: Option<u32>,
}

impl BoardDraft {
    fn check(&self, problems: &mut Problems) {
        if let Some(Some(uid)) = &self.uid {
            problems.check("uid", check_uid(uid, BoardId::PREFIX));
        }
        if let Some(name) = &self.name {
            problems.check("name", check_display_name(name));
        }
        for (field, side) in [("rows", self.rows), ("columns", self.columns)] {
            if side.is_some_and(|side| !(1..=SIDE_MAX).contains(&side)) {
                problems.push(FieldProblem::body(field, "must lie between 1 and 20"));
            }
        }
    }
}

/// By id or uid, if it can be either.
fn reference(name: &str) -> Option<Reference<BoardId>> {
    if let Ok(id) = name.parse() {
        return Some(Reference::Id(id));
    }
    check_uid(name, BoardId::PREFIX).ok()?;
    Some(Reference::Uid(name.to_owned()))
}

impl Service {
    /// Makes a board.
    pub async fn create_board(
        &self,
        caller: Caller,
        application: &str,
        draft: BoardDraft,
        dedup: Option<Dedup>,
    ) -> Result<Board, ServiceError> {
        self.check_has_webhooks(caller, application).await?;
        let owner = self.bare_application(caller, application).await?.id;
        let application = owner.seq();
        let mut problems = Problems::default();
        draft.check(&mut problems);
        if draft.name.is_none() {
            problems.push(FieldProblem::body("name", "field required"));
        }
        problems.finish()?;
        self.check_boards_count(application).await?;
        let new = NewBoard {
            application,
            uid: draft.uid.flatten(),
            name: draft.name.unwrap_or_default(),
            rows: draft.rows.unwrap_or(SIDE_DEFAULT),
            columns: draft.columns.unwrap_or(SIDE_DEFAULT),
            created_at: self.now(),
            tail: self.entropy.id_tail(),
        };
        let store = self
            .noting(caller, Action::BoardCreate, Touched::of(owner))
            .await?;
        written(store.create_board(new, dedup).await?)
    }

    /// The limit is for those who forget to delete; of many at once a few may slip through.
    async fn check_boards_count(&self, application: i64) -> Result<(), ServiceError> {
        let page = PageRequest {
            order: Order::Ascending,
            after: None,
            limit: BOARDS_MAX,
        };
        if self.store.boards(application, page).await?.len() < BOARDS_MAX {
            return Ok(());
        }
        Err(ServiceError::Refused {
            code: "too_many_boards",
            detail: format!("there are {BOARDS_MAX} boards, which is the most; delete one first"),
        })
    }

    /// The board of this id or uid.
    pub async fn board(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<Board, ServiceError> {
        let application = self.bare_application(caller, application).await?;
        self.find_board(application.id.seq(), name).await
    }

    async fn find_board(&self, application: i64, name: &str) -> Result<Board, ServiceError> {
        let reference = reference(name).ok_or(NOT_FOUND)?;
        let found = self.store.board(application, reference).await?;
        found.ok_or(NOT_FOUND)
    }

    /// One page of the boards of an application.
    pub async fn boards(
        &self,
        caller: Caller,
        application: &str,
        query: &PageQuery,
    ) -> Result<Listed<Board>, ServiceError> {
        let application = self.bare_application(caller, application).await?;
        let after = match &query.cursor {
            Some(cursor) => {
                let id: BoardId = cursor.id.parse().map_err(|_| wrong_iterator())?;
                Some(id.seq())
            }
            None => None,
        };
        let request = query.request(after);
        let rows = self.store.boards(application.id.seq(), request).await?;
        Ok(query.finish(rows, |board| board.id.to_string()))
    }

    /// Changes a board; its buttons stay where they are, so none may be beyond its new edge.
    pub async fn patch_board(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        draft: BoardDraft,
    ) -> Result<Board, ServiceError> {
        let owner = self.bare_application(caller, application).await?.id;
        let mut board = self.board(caller, application, name).await?;
        let mut problems = Problems::default();
        draft.check(&mut problems);
        problems.finish()?;
        let patch = BoardPatch {
            uid: draft.uid,
            name: draft.name,
            rows: draft.rows,
            columns: draft.columns,
        };
        let (ordinal, now) = (board.ordinal(), self.now());
        patch.clone().apply(&mut board, now);
        self.check_fits(&board).await?;
        let store = self
            .noting(caller, Action::BoardUpdate, Touched::of(owner))
            .await?;
        written(store.update_board(ordinal, patch, now).await?)
    }

    async fn check_fits(&self, board: &Board) -> Result<(), ServiceError> {
        let side = usize::try_from(SIDE_MAX).unwrap_or(usize::MAX);
        let all = PageRequest {
            order: Order::Ascending,
            after: None,
            limit: side * side,
        };
        let ordinal = Some(board.ordinal());
        let buttons = self.store.buttons(board.application, ordinal, all).await?;
        let beyond = buttons.iter().find(|button| !board.has(button.place));
        let Some(button) = beyond else { return Ok(()) };
        Err(ServiceError::Conflict {
            code: "button_beyond_edge",
            detail: format!(
                "the button {} is at row {}, column {}, which the board would not have; move or \
                 delete it first",
                button.id, button.place.row, button.place.column
            ),
        })
    }

    /// Deletes a board and its buttons. What the log says of their presses stays.
    pub async fn delete_board(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<(), ServiceError> {
        let board = self.board(caller, application, name).await?;
        let owner = self.bare_application(caller, application).await?.id;
        let touched = Touched::of(owner).known(&board.id, board.uid.as_deref());
        let store = self.noting(caller, Action::BoardDelete, touched).await?;
        let deleted = store.delete_board(board.ordinal(), self.now()).await?;
        if deleted { Ok(()) } else { Err(NOT_FOUND) }
    }
}

fn written(written: Written<Board>) -> Result<Board, ServiceError> {
    match written {
        Written::Done(board) | Written::Replayed(Some(board)) => Ok(board),
        Written::Taken(_) | Written::Stale(_) => Err(ServiceError::uid_taken("board")),
        Written::KeyReused => Err(ServiceError::key_reused()),
        Written::Missing | Written::Replayed(None) => Err(NOT_FOUND),
    }
}
