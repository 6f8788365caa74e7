//! A board as pages show it: the grid with its buttons, and the other boards of the account.

use tidings_domain::button::{Board, Button, SIDE_MAX};
use tidings_service::PageQuery;
use tidings_service::boards::ButtonDraft;
use tidings_service::limits::BOARDS_MAX;
use tidings_store::Order;

use super::Portal;
use super::visitor::{Account, Visitor};
use crate::errors::Fault;

/// Kinds of words, as communication boards colour them: the class of the tile, the name, and the colour that is stored.
pub(crate) const KINDS: [(&str, &str, &str); 4] = [
    ("do", "kind-do", "#2e8b57"),
    ("thing", "kind-thing", "#d98c1f"),
    ("ask", "kind-ask", "#b5527f"),
    ("say", "kind-say", "#4a7fb5"),
];

/// A board, as pages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) rows: u32,
    pub(crate) columns: u32,
}

impl Named {
    pub(crate) fn of(board: &Board) -> Self {
        Self {
            id: board.id.to_string(),
            name: board.name.clone(),
            rows: board.rows,
            columns: board.columns,
        }
    }
}

/// A button, as a board shows it.
#[derive(Debug, Clone)]
pub(crate) struct Tile {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) class: &'static str,
}

/// A place of the grid, with the button that is there.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) row: u32,
    pub(crate) column: u32,
    pub(crate) tile: Option<Tile>,
}

/// The board of a page, and which others there are.
pub(crate) struct Shown {
    pub(crate) boards: Vec<Named>,
    pub(crate) board: Option<Named>,
    pub(crate) spots: Vec<Spot>,
}

impl Shown {
    /// Whether there is no button on it.
    pub(crate) fn is_empty(&self) -> bool {
        self.spots.iter().all(|spot| spot.tile.is_none())
    }
}

/// The board of this id, or the oldest.
pub(crate) async fn load(
    portal: &Portal,
    visitor: &Visitor,
    account: &Account,
    wanted: &str,
) -> Result<Shown, Fault> {
    let (service, caller) = (&portal.service, visitor.caller);
    let all = first(BOARDS_MAX);
    let boards = service.boards(caller, &account.id, &all).await?;
    let boards: Vec<Named> = boards.rows.iter().map(Named::of).collect();
    let board = match wanted {
        "" => boards.first().cloned(),
        id => {
            let board = boards.iter().find(|board| board.id == id);
            Some(board.cloned().ok_or(Fault::Missing)?)
        }
    };
    let spots = match &board {
        Some(board) => {
            let buttons = buttons(portal, visitor, account, board).await?;
            spots(board, &buttons)
        }
        None => Vec::new(),
    };
    Ok(Shown {
        boards,
        board,
        spots,
    })
}

/// The buttons of a board.
pub(crate) async fn buttons(
    portal: &Portal,
    visitor: &Visitor,
    account: &Account,
    board: &Named,
) -> Result<Vec<Button>, Fault> {
    let side = usize::try_from(SIDE_MAX).unwrap_or(usize::MAX);
    let all = first(side * side);
    let found = portal
        .service
        .buttons(visitor.caller, &account.id, Some(&board.id), &all);
    Ok(found.await?.rows)
}

fn first(limit: usize) -> PageQuery {
    PageQuery {
        limit,
        cursor: None,
        order: Order::Ascending,
    }
}

fn spots(board: &Named, buttons: &[Button]) -> Vec<Spot> {
    let mut spots = Vec::new();
    for row in 0..board.rows {
        for column in 0..board.columns {
            let is_here =
                |button: &&Button| (button.place.row, button.place.column) == (row, column);
            let found = buttons.iter().find(is_here);
            spots.push(Spot {
                row,
                column,
                tile: found.map(|button| tile(button, spots.len())),
            });
        }
    }
    spots
}

fn tile(button: &Button, place: usize) -> Tile {
    let colour = button.face.colour.as_deref().unwrap_or_default();
    let kind = KINDS.iter().find(|(_, _, own)| *own == colour);
    // Where nobody has said what kind of word it is, looks take turns, so that neighbours can be told apart.
    let kind = kind.unwrap_or(&KINDS[place % KINDS.len()]);
    Tile {
        id: button.id.to_string(),
        label: button.face.label.clone(),
        class: kind.0,
    }
}

/// What a draft says of a button's kind: the colour of the kind; none if it stays as it is.
pub(crate) fn colour(draft: &mut ButtonDraft, class: &str) {
    if class.is_empty() {
        draft.colour = Some(None);
    }
    let kind = KINDS.iter().find(|(own, _, _)| *own == class);
    if let Some((_, _, colour)) = kind {
        draft.colour = Some(Some((*colour).to_owned()));
    }
}
