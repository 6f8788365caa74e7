//! Boards and buttons, and the hidden endpoints behind these.

use tidings_domain::button::{Board, BoardPatch, Button, ButtonPatch, Face, Place};
use tidings_domain::ids::{BoardId, ButtonId};

use super::Harness;
use super::world::{NOW, World, done, key};
use crate::{NewBoard, NewButton, NewEndpoint, Order, PageRequest, Reference, Written};

fn named(world: &World<'_>, uid: &str) -> NewBoard {
    NewBoard {
        application: world.app(),
        uid: Some(uid.into()),
        name: "na\u{1a}0me".into(),
        rows: 2,
        columns: 3,
        created_at: NOW,
        tail: world.tail(),
    }
}

async fn board(world: &World<'_>, uid: &str) -> Board {
    let made = world.store().create_board(named(world, uid), None).await;
    done(made.expect("a write"))
}

fn at(row: u32, column: u32) -> Place {
    Place { row, column }
}

fn on(world: &World<'_>, board: &Board, place: Place) -> NewButton {
    NewButton {
        board: board.ordinal(),
        uid: None,
        place,
        face: Face {
            label: "Help".into(),
            message: "I need \u{1a}0 help".into(),
            picture: Some("https://example.com/a.png".into()),
            colour: Some("#ff0000".into()),
            payload: Some(" {\"a\": 1.0}\n".into()),
        },
        endpoint: NewEndpoint {
            url: "https://example.com/hook".into(),
            ..world.new_endpoint()
        },
    }
}

async fn button(world: &World<'_>, board: &Board, place: Place) -> Button {
    let new = on(world, board, place);
    let made = world.store().create_button(new, None).await;
    done(made.expect("a write"))
}

const fn page(order: Order, after: Option<i64>) -> PageRequest {
    PageRequest {
        order,
        after,
        limit: 2,
    }
}

pub(super) async fn a_board_is_kept_as_it_was_given_and_changes(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let new = named(&world, "b");
    let made = done(
        store
            .create_board(new.clone(), None)
            .await
            .expect("a write"),
    );
    let expected = Board {
        id: BoardId::new(NOW, 0, made.ordinal(), new.tail),
        application: world.app(),
        uid: Some("b".into()),
        name: new.name,
        rows: 2,
        columns: 3,
        created_at: NOW,
        updated_at: NOW,
    };
    assert_eq!(made, expected);
    for reference in [Reference::Id(made.id), Reference::Uid("b".into())] {
        let found = store.board(world.app(), reference).await;
        assert_eq!(found, Ok(Some(made.clone())));
    }
    let guessed = BoardId::new(NOW, 0, made.ordinal(), new.tail + 1);
    let other = world.other_application().await.id.seq();
    for (application, reference) in [
        (world.app(), Reference::Id(guessed)),
        (other, Reference::Id(made.id)),
        (other, Reference::Uid("b".into())),
    ] {
        assert_eq!(store.board(application, reference).await, Ok(None));
    }
    let patch = BoardPatch {
        uid: Some(None),
        rows: Some(4),
        ..BoardPatch::default()
    };
    let changed = store.update_board(made.ordinal(), patch, NOW + 1).await;
    let changed = done(changed.expect("a write"));
    assert_eq!((&changed.uid, changed.rows, changed.columns), (&None, 4, 3));
    assert_eq!(changed.updated_at, NOW + 1);
    let found = store.board(world.app(), Reference::Id(made.id)).await;
    assert_eq!(found, Ok(Some(changed)));
    let missing = store.update_board(9_999, BoardPatch::default(), NOW).await;
    assert_eq!(missing, Ok(Written::Missing));
}

pub(super) async fn the_uids_of_boards_and_buttons_are_unique_in_their_application(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    let (first, second) = (board(&world, "b").await, board(&world, "c").await);
    let again = store.create_board(named(&world, "b"), None).await;
    assert_eq!(again, Ok(Written::Taken(first.clone())));
    let patch = BoardPatch {
        uid: Some(Some("b".into())),
        ..BoardPatch::default()
    };
    let taken = store
        .update_board(second.ordinal(), patch.clone(), NOW)
        .await;
    assert_eq!(taken, Ok(Written::Taken(first.clone())));
    done(
        store
            .update_board(first.ordinal(), patch, NOW)
            .await
            .expect("its own"),
    );

    let with_uid = |board, place| NewButton {
        uid: Some("b".into()),
        ..on(&world, board, place)
    };
    let made = store.create_button(with_uid(&first, at(0, 0)), None).await;
    let made = done(made.expect("a write"));
    let again = store.create_button(with_uid(&second, at(0, 1)), None).await;
    assert_eq!(again, Ok(Written::Taken(made.clone())));
    let other = button(&world, &second, at(0, 1)).await;
    let patch = ButtonPatch {
        uid: Some(Some("b".into())),
        ..ButtonPatch::default()
    };
    let taken = store.update_button(other.ordinal(), patch, NOW).await;
    assert_eq!(taken, Ok(Written::Taken(made)));
}

pub(super) async fn a_button_is_kept_as_it_was_given_and_changes(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let board = board(&world, "b").await;
    let new = on(&world, &board, at(1, 2));
    let made = store.create_button(new.clone(), None).await;
    let made = done(made.expect("a write"));
    let expected = Button {
        id: ButtonId::new(NOW, 0, made.ordinal(), new.endpoint.tail),
        application: world.app(),
        board: board.id,
        uid: None,
        place: at(1, 2),
        face: new.face,
        url: "https://example.com/hook".into(),
        created_at: new.endpoint.created_at,
        updated_at: new.endpoint.created_at,
    };
    assert_eq!(made, expected);
    let other = world.other_application().await.id.seq();
    let by_id = || Reference::Id(made.id);
    assert_eq!(
        store.button(world.app(), by_id()).await,
        Ok(Some(made.clone()))
    );
    assert_eq!(store.button(other, by_id()).await, Ok(None));

    let endpoint = store.endpoint_by_ordinal(made.ordinal()).await;
    let endpoint = endpoint.expect("a read").expect("it is behind the button");
    assert_eq!((endpoint.id, &endpoint.url), (made.endpoint(), &made.url));
    let patch = ButtonPatch {
        uid: Some(Some("u".into())),
        payload: Some(None),
        url: Some("https://example.com/b".into()),
        ..ButtonPatch::default()
    };
    let changed = store.update_button(made.ordinal(), patch, NOW + 1).await;
    let changed = done(changed.expect("a write"));
    assert_eq!(changed.face.payload, None);
    assert_eq!(changed.face.label, made.face.label);
    let named = Reference::Uid("u".into());
    assert_eq!(
        store.button(world.app(), named).await,
        Ok(Some(changed.clone()))
    );
    let after = store.endpoint_by_ordinal(made.ordinal()).await;
    let after = after.expect("a read").expect("it is behind the button");
    assert_eq!(after.url, changed.url);
    assert!(
        after.version > endpoint.version,
        "what is kept of it is old"
    );
    let missing = store.update_button(9_999, ButtonPatch::default(), NOW);
    assert_eq!(missing.await, Ok(Written::Missing));
}

pub(super) async fn a_place_on_a_board_is_one_buttons(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let (first, second) = (board(&world, "b").await, board(&world, "c").await);
    let here = button(&world, &first, at(0, 0)).await;
    let taken = store
        .create_button(on(&world, &first, at(0, 0)), None)
        .await;
    assert_eq!(taken, Ok(Written::Taken(here.clone())));
    button(&world, &second, at(0, 0)).await;
    let beside = button(&world, &first, at(0, 1)).await;
    let to = |place| ButtonPatch {
        place: Some(place),
        ..ButtonPatch::default()
    };
    let moved = store
        .update_button(beside.ordinal(), to(at(0, 0)), NOW)
        .await;
    assert_eq!(moved, Ok(Written::Taken(here.clone())));
    done(
        store
            .update_button(here.ordinal(), to(at(0, 0)), NOW)
            .await
            .expect("its own"),
    );
    let gone = store.delete_button(here.ordinal(), NOW).await;
    assert_eq!(gone, Ok(true));
    let moved = store
        .update_button(beside.ordinal(), to(at(0, 0)), NOW)
        .await;
    assert_eq!(done(moved.expect("a write")).place, at(0, 0));
    let other = world.other_application().await.id.seq();
    let mut foreign = on(&world, &first, at(1, 1));
    foreign.endpoint.application = other;
    assert_eq!(
        store.create_button(foreign, None).await,
        Ok(Written::Missing)
    );
}

pub(super) async fn a_key_makes_one_board_and_one_button(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let new = named(&world, "b");
    let made = store.create_board(new.clone(), Some(key(1, 1))).await;
    let made = done(made.expect("a write"));
    let again = store.create_board(new.clone(), Some(key(1, 1))).await;
    assert_eq!(again, Ok(Written::Replayed(Some(made.clone()))));
    let other = store.create_board(new, Some(key(1, 2))).await;
    assert_eq!(other, Ok(Written::KeyReused));

    let new = on(&world, &made, at(0, 0));
    let pressed = store.create_button(new.clone(), Some(key(2, 1))).await;
    let pressed = done(pressed.expect("a write"));
    let again = store.create_button(new.clone(), Some(key(2, 1))).await;
    assert_eq!(again, Ok(Written::Replayed(Some(pressed))));
    let other = store.create_button(new, Some(key(2, 2))).await;
    assert_eq!(other, Ok(Written::KeyReused));
}

pub(super) async fn boards_and_buttons_are_listed_in_their_application(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let (first, second) = (board(&world, "b").await, board(&world, "c").await);
    let third = board(&world, "d").await;
    let rows = store
        .boards(world.app(), page(Order::Ascending, None))
        .await;
    assert_eq!(rows, Ok(vec![first.clone(), second.clone()]));
    let after = Some(third.ordinal());
    let rows = store
        .boards(world.app(), page(Order::Descending, after))
        .await;
    assert_eq!(rows, Ok(vec![second.clone(), first.clone()]));

    let one = button(&world, &first, at(1, 0)).await;
    let two = button(&world, &second, at(0, 0)).await;
    let three = button(&world, &first, at(0, 0)).await;
    let list = |board, order, after| store.buttons(world.app(), board, page(order, after));
    let rows = list(None, Order::Ascending, None).await;
    assert_eq!(rows, Ok(vec![one.clone(), two.clone()]));
    let rows = list(None, Order::Descending, Some(three.ordinal())).await;
    assert_eq!(rows, Ok(vec![two, one.clone()]));
    let of_first = Some(first.ordinal());
    let rows = list(of_first, Order::Ascending, None).await;
    assert_eq!(rows, Ok(vec![one.clone(), three.clone()]));
    let rows = list(of_first, Order::Descending, Some(three.ordinal())).await;
    assert_eq!(rows, Ok(vec![one]));
    let other = world.other_application().await.id.seq();
    let everything = page(Order::Ascending, None);
    assert_eq!(store.boards(other, everything).await, Ok(Vec::new()));
    assert_eq!(store.buttons(other, None, everything).await, Ok(Vec::new()));
    assert_eq!(
        store.buttons(other, of_first, everything).await,
        Ok(Vec::new())
    );
}

pub(super) async fn the_endpoint_of_a_button_is_in_no_list_of_endpoints(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let board = board(&world, "b").await;
    let hidden = button(&world, &board, at(0, 0)).await;
    let shown = world.endpoint().await;
    for order in [Order::Ascending, Order::Descending] {
        let rows = store.endpoints(world.app(), page(order, None)).await;
        let rows = rows.expect("a read");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].id, shown.endpoint.id);
    }
    // Attempts name it all the same.
    let known = store.endpoints_by_ordinal(vec![hidden.ordinal()]).await;
    assert_eq!(known.expect("a read")[0].id(), hidden.endpoint());
}

pub(super) async fn buttons_go_with_their_board_and_boards_with_their_application(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    let (first, second) = (board(&world, "b").await, board(&world, "c").await);
    let gone = button(&world, &first, at(0, 0)).await;
    let stays = button(&world, &second, at(0, 0)).await;
    assert_eq!(store.delete_board(first.ordinal(), NOW + 5).await, Ok(true));
    assert_eq!(
        store.delete_board(first.ordinal(), NOW + 5).await,
        Ok(false)
    );
    assert_eq!(store.delete_button(gone.ordinal(), NOW).await, Ok(false));
    let everything = page(Order::Ascending, None);
    let rows = store.buttons(world.app(), None, everything).await;
    assert_eq!(rows, Ok(vec![stays.clone()]));
    let both = vec![gone.ordinal(), stays.ordinal()];
    let known = store.endpoints_by_ordinal(both).await.expect("a read");
    let deleted_at: Vec<_> = known.iter().map(|known| known.deleted_at).collect();
    assert_eq!(deleted_at, [Some(NOW + 5), None]);

    let deleted = store.delete_application(world.app(), NOW + 6).await;
    assert_eq!(deleted, Ok(true));
    assert_eq!(store.boards(world.app(), everything).await, Ok(Vec::new()));
    let rows = store.buttons(world.app(), None, everything).await;
    assert_eq!(rows, Ok(Vec::new()));
    let missing = store.create_board(named(&world, "e"), None).await;
    assert_eq!(missing, Ok(Written::Missing));
}
