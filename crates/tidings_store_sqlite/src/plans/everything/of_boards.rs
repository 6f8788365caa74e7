//! Every step on boards and buttons, once.

use tidings_domain::button::{BoardPatch, ButtonPatch, Face, Place};
use tidings_store::{NewBoard, NewButton, NewEndpoint, Order, PageRequest, Reference};

use super::NOW;
use crate::step::Scope;
use crate::{boards, buttons};

pub(super) fn run(scope: &mut Scope<'_>, endpoint: NewEndpoint) {
    let new = NewBoard {
        application: 1,
        uid: Some("b".into()),
        name: String::new(),
        rows: 1,
        columns: 1,
        created_at: NOW,
        tail: 1,
    };
    boards::create(scope, &new, None).unwrap();
    let uid = Reference::Uid("b".into());
    boards::find(scope.connection, 1, &uid).unwrap();
    let patch = BoardPatch {
        uid: Some(Some("c".into())),
        ..BoardPatch::default()
    };
    boards::update(scope, 1, patch, NOW).unwrap();

    let place = Place { row: 0, column: 0 };
    let new = NewButton {
        board: 1,
        uid: Some("b".into()),
        place,
        face: Face {
            label: String::new(),
            message: String::new(),
            picture: None,
            colour: None,
            payload: None,
        },
        endpoint,
    };
    buttons::create(scope, &new, None).unwrap();
    let uid = Reference::Uid("b".into());
    let made = buttons::find(scope.connection, 1, &uid).unwrap().unwrap();
    let patch = ButtonPatch {
        uid: Some(None),
        place: Some(place),
        ..ButtonPatch::default()
    };
    buttons::update(scope, made.ordinal(), patch, NOW).unwrap();
    for order in [Order::Ascending, Order::Descending] {
        let page = PageRequest {
            order,
            after: None,
            limit: 5,
        };
        boards::list(scope.connection, 1, page).unwrap();
        buttons::list(scope.connection, 1, None, page).unwrap();
        buttons::list(scope.connection, 1, Some(1), page).unwrap();
    }
    buttons::delete(scope, made.ordinal(), NOW).unwrap();
    boards::delete(scope, 1, NOW).unwrap();
}
