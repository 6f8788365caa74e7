//! Boards with buttons: pressing a button sends its payload to its URL, once.
//!
//! A button has one webhook action: a URL, and a payload that is JSON or nothing. Behind each button is an
//! endpoint that no event reaches; it is made, changed and deleted with the button, and has the same number.

mod limit;
mod picture;
mod template;

use crate::application::set;
use crate::clock::Millis;
use crate::ids::{BoardId, ButtonId, EndpointId};

pub use self::limit::PressLimit;
pub use self::picture::{PICTURE_BYTES_MAX, RefusedPicture, check_picture};
pub use self::template::{MalformedTemplate, PRESSED_BYTES_MAX, Pressed, check_payload, fill};

/// The event type of a press.
pub const EVENT_TYPE: &str = "button.pressed";
/// Most rows of a board, and most columns: what fits on a screen and can still be touched.
pub const SIDE_MAX: u32 = 20;
/// Rows and columns of a board unless somebody says otherwise.
pub const SIDE_DEFAULT: u32 = 4;
/// Most characters of a label, which has to fit on a button.
pub const LABEL_CHARS_MAX: usize = 64;
/// Most characters of a message, which is a few sentences.
pub const MESSAGE_CHARS_MAX: usize = 1_000;
/// Most bytes of a payload, placeholders included.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;
/// Most bytes of what the speech display bar holds.
pub const SDB_BYTES_MAX: usize = 8 * 1024;
/// Most bytes of the name of a board session.
pub const SESSION_BYTES_MAX: usize = 128;

/// A grid of buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Its id; the number in it is that of the row.
    pub id: BoardId,
    /// The application that it belongs to, by number.
    pub application: i64,
    /// The product's own name for it, unique in the application.
    pub uid: Option<String>,
    /// What people call it.
    pub name: String,
    /// How many rows it has.
    pub rows: u32,
    /// How many columns it has.
    pub columns: u32,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
}

impl Board {
    /// Its number.
    pub fn ordinal(&self) -> i64 {
        self.id.seq()
    }

    /// Whether a place is on it.
    pub fn has(&self, place: Place) -> bool {
        place.row < self.rows && place.column < self.columns
    }
}

/// A change to a board; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BoardPatch {
    /// The new uid, or none.
    pub uid: Option<Option<String>>,
    /// The new name.
    pub name: Option<String>,
    /// The new number of rows.
    pub rows: Option<u32>,
    /// The new number of columns.
    pub columns: Option<u32>,
}

impl BoardPatch {
    /// The board after the change.
    pub fn apply(self, board: &mut Board, now: Millis) {
        set(&mut board.uid, self.uid);
        set(&mut board.name, self.name);
        set(&mut board.rows, self.rows);
        set(&mut board.columns, self.columns);
        board.updated_at = now;
    }
}

/// Where a button is on its board, from 0 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which row, from the top.
    pub row: u32,
    /// Which column, from the left.
    pub column: u32,
}

/// What a button shows and does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// What stands on it.
    pub label: String,
    /// What it says; the label if that says it all.
    pub message: String,
    /// A URL of a picture, or a picture as a `data:` URL.
    pub picture: Option<String>,
    /// `#rrggbb`.
    pub colour: Option<String>,
    /// What is sent, byte for byte but for placeholders; nothing if there is none.
    pub payload: Option<String>,
}

/// A button on a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Its id; the number in it is that of its endpoint.
    pub id: ButtonId,
    /// The application that it belongs to, by number.
    pub application: i64,
    /// Its board.
    pub board: BoardId,
    /// The product's own name for it, unique in the application.
    pub uid: Option<String>,
    /// Where it is.
    pub place: Place,
    /// What it shows, and what it sends.
    pub face: Face,
    /// Where it sends it, as it was given; the guard has accepted it.
    pub url: String,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
}

impl Button {
    /// Its number.
    pub fn ordinal(&self) -> i64 {
        self.id.seq()
    }

    /// The endpoint that attempts of presses name.
    pub fn endpoint(&self) -> EndpointId {
        EndpointId::from_parts(self.id.parts())
    }
}

/// A change to a button; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ButtonPatch {
    /// The new uid, or none.
    pub uid: Option<Option<String>>,
    /// The new place.
    pub place: Option<Place>,
    /// What stands on it.
    pub label: Option<String>,
    /// What it says.
    pub message: Option<String>,
    /// The new picture, or none.
    pub picture: Option<Option<String>>,
    /// The new colour, or none.
    pub colour: Option<Option<String>>,
    /// The new payload, or none.
    pub payload: Option<Option<String>>,
    /// The new URL.
    pub url: Option<String>,
}

impl ButtonPatch {
    /// The button after the change.
    pub fn apply(self, button: &mut Button, now: Millis) {
        set(&mut button.uid, self.uid);
        set(&mut button.place, self.place);
        set(&mut button.face.label, self.label);
        set(&mut button.face.message, self.message);
        set(&mut button.face.picture, self.picture);
        set(&mut button.face.colour, self.colour);
        set(&mut button.face.payload, self.payload);
        set(&mut button.url, self.url);
        button.updated_at = now;
    }
}

/// Why a text of a button may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedText {
    /// The label.
    #[error("must have 1 to 64 characters, none of them a control character")]
    Label,
    /// The message.
    #[error(
        "may have at most 1,000 characters, none of them a control character but tabs and line breaks"
    )]
    Message,
    /// The colour.
    #[error("must be a colour of the form #rrggbb, such as #1e90ff")]
    Colour,
}

/// Judges what stands on a button.
///
/// # Errors
/// Says what it may be.
pub fn check_label(label: &str) -> Result<(), RefusedText> {
    let is_long_enough = (1..=LABEL_CHARS_MAX).contains(&label.chars().count());
    if is_long_enough && !label.chars().any(char::is_control) && !label.trim().is_empty() {
        return Ok(());
    }
    Err(RefusedText::Label)
}

/// Judges what a button says.
///
/// # Errors
/// Says what it may be.
pub fn check_message(message: &str) -> Result<(), RefusedText> {
    let is_wrong = |character: char| character.is_control() && !"\t\n\r".contains(character);
    if message.chars().count() > MESSAGE_CHARS_MAX || message.chars().any(is_wrong) {
        return Err(RefusedText::Message);
    }
    Ok(())
}

/// Judges a colour.
///
/// # Errors
/// Says what it may be.
pub fn check_colour(colour: &str) -> Result<(), RefusedText> {
    let digits = colour.strip_prefix('#').ok_or(RefusedText::Colour)?;
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(RefusedText::Colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_1_to_64_characters() {
        for label in ["A", &"ä".repeat(LABEL_CHARS_MAX)] {
            assert_eq!(check_label(label), Ok(()), "{label}");
        }
        for label in ["", " ", "a\nb", &"a".repeat(LABEL_CHARS_MAX + 1)] {
            assert_eq!(check_label(label), Err(RefusedText::Label), "{label}");
        }
    }

    #[test]
    fn a_message_may_be_empty_and_has_at_most_1000_characters() {
        for message in ["", "a\n\tb", &"ä".repeat(MESSAGE_CHARS_MAX)] {
            assert_eq!(check_message(message), Ok(()), "{message}");
        }
        for message in ["\u{1b}", &"a".repeat(MESSAGE_CHARS_MAX + 1)] {
            assert_eq!(check_message(message), Err(RefusedText::Message));
        }
    }

    #[test]
    fn a_colour_has_six_digits() {
        assert_eq!(check_colour("#1E90ff"), Ok(()));
        for colour in ["1e90ff", "#1e90f", "#1e90ff0", "#1e90fg", "red", "", "#éé"] {
            assert_eq!(check_colour(colour), Err(RefusedText::Colour), "{colour}");
        }
    }

    #[test]
    fn a_place_is_on_a_board_or_beyond_its_edge() {
        let board = Board {
            id: BoardId::new(1, 0, 1, 1),
            application: 1,
            uid: None,
            name: String::new(),
            rows: 2,
            columns: 3,
            created_at: 1,
            updated_at: 1,
        };
        let at = |row, column| board.has(Place { row, column });
        assert!(at(0, 0) && at(1, 2));
        assert!(!at(2, 0) && !at(0, 3));
    }
}
