//! The operations of the topic "Board".

use tidings_domain::access::{Access, Capability};

use super::parameter::{Kind, PAGES, parameter};
use super::row::{MANAGES, SENDS, Topic, VIEWS, delete, get, patch, post};
use crate::attempts::MessageAttemptOut;
use crate::boards::buttons::{
    ButtonOut, SecretOut, button_in, create_button, delete_button, get_button, get_button_secret,
    list_buttons, patch_button,
};
use crate::boards::press::{press_button, press_in};
use crate::boards::{
    BoardOut, board_in, create_board, delete_board, get_board, list_boards, patch_board,
};
use crate::shapes::{of, page_of};

pub(super) fn topic() -> Topic {
    let rows = vec![
        get(v1!("/app/{app}/board"), list_boards)
            .is("board.list", "Lists the boards of an application.", VIEWS)
            .query(PAGES)
            .gives(200, page_of::<BoardOut>),
        post(v1!("/app/{app}/board"), create_board)
            .is("board.create", "Makes a board.", MANAGES)
            .takes(board_in)
            .gives(201, of::<BoardOut>),
        get(v1!("/app/{app}/board/{board}"), get_board)
            .is("board.get", "Shows a board.", VIEWS)
            .gives(200, of::<BoardOut>),
        patch(v1!("/app/{app}/board/{board}"), patch_board)
            .is("board.patch", "Changes some fields of a board.", MANAGES)
            .takes(board_in)
            .gives(200, of::<BoardOut>),
        delete(v1!("/app/{app}/board/{board}"), delete_board)
            .is("board.delete", "Deletes a board with its buttons.", MANAGES)
            .gives_nothing(),
    ];
    Topic::of("Board", "Boards of buttons.", [rows])
}

pub(super) fn buttons() -> Topic {
    let rows = vec![
        get(v1!("/app/{app}/button"), list_buttons)
            .is("button.list", "Lists the buttons of an application.", VIEWS)
            .query(PAGES)
            .query([parameter(
                "board",
                Kind::Text(256),
                "Only those on this board.",
            )])
            .gives(200, page_of::<ButtonOut>),
        post(v1!("/app/{app}/button"), create_button)
            .is("button.create", "Makes a button.", MANAGES)
            .takes(button_in)
            .gives(201, of::<ButtonOut>),
        get(v1!("/app/{app}/button/{button}"), get_button)
            .is("button.get", "Shows a button.", VIEWS)
            .gives(200, of::<ButtonOut>),
        patch(v1!("/app/{app}/button/{button}"), patch_button)
            .is("button.patch", "Changes some fields of a button.", MANAGES)
            .takes(button_in)
            .gives(200, of::<ButtonOut>),
        delete(v1!("/app/{app}/button/{button}"), delete_button)
            .is("button.delete", "Deletes a button.", MANAGES)
            .gives_nothing(),
        get(v1!("/app/{app}/button/{button}/secret"), get_button_secret)
            .is(
                "button.get_secret",
                "Shows the secret that presses of a button are signed with.",
                Access::Application(Capability::ViewEndpointSecret),
            )
            .gives(200, of::<SecretOut<'_>>),
        post(v1!("/app/{app}/button/{button}/press"), press_button)
            .is(
                "button.press",
                "Presses a button and shows what came of it.",
                SENDS,
            )
            .may_take(press_in)
            .gives(200, of::<MessageAttemptOut<'_>>),
    ];
    Topic::of(
        "Button",
        "Buttons that make one request when they are pressed.",
        [rows],
    )
}
