//! Who may press, how often, what the log keeps of it, and boards.

use serde_json::json;
use tidings_testkit::Reply;
use tidings_testkit::app::{rows, text};
use tokio::task::JoinSet;

use super::Board;
use crate::support::{refused, refused_field};

#[tokio::test]
async fn a_press_of_another_applications_button_is_refused() {
    let board = Board::start().await;
    let button = board.button(json!({"uid": "door"})).await;
    let other = board.app.create_application("Other").await;
    for name in [button.as_str(), "door"] {
        let path = format!("/api/v1/app/{other}/button/{name}");
        let press = format!("{path}/press");
        let press = board.app.client.post(&press, json!({})).await;
        refused(&press, 404, "not_found");
        refused(&board.app.client.get(&path).await, 404, "not_found");
        refused(&board.app.client.delete(&path).await, 404, "not_found");
    }
    let foreign = json!({
        "boardId": board.id, "row": 1, "column": 1, "label": "a", "url": board.receiver.url("/"),
    });
    let path = format!("/api/v1/app/{other}/button");
    let answer = board.app.client.post(&path, foreign).await;
    refused_field(&answer, &["body", "boardId"]);
    let path = format!("/api/v1/app/{other}/board/{}", board.id);
    refused(&board.app.client.get(&path).await, 404, "not_found");
    let guest = board.app.client.without_key();
    let path = board.path(&format!("/button/{button}/press"));
    refused(
        &guest.post(&path, json!({})).await,
        401,
        "authentication_failed",
    );
    assert_eq!(board.receiver.requests().len(), 0);
    board.press("door", json!({})).await;
    assert_eq!(board.receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_session_that_presses_too_fast_is_told_to_wait() {
    let board = Board::start().await;
    let button = board.button(json!({})).await;
    // Ten go at once, and one more every fifth of a second, for as long as answers take.
    let mut presses = JoinSet::new();
    for _ in 0..40 {
        let (client, path) = (
            board.app.client.clone(),
            board.path(&format!("/button/{button}/press")),
        );
        presses.spawn(async move { client.post(&path, json!({"session": "tablet"})).await });
    }
    let answers = presses.join_all().await;
    let (made, others): (Vec<_>, Vec<_>) = answers.iter().partition(|one| one.status == 200);
    assert!(made.len() >= 10, "only {} went through", made.len());
    assert!(!others.is_empty(), "40 presses at once went through");
    for other in others {
        refused(other, 429, "too_many_requests");
        assert_eq!(other.header("retry-after"), "1");
    }
    assert_eq!(board.receiver.requests().len(), made.len());
    // Others are not held up by it.
    board.press(&button, json!({"session": "phone"})).await;
    board.press(&button, json!({})).await;
    for session in [String::new(), "a".repeat(129)] {
        let answer = board.try_press(&button, json!({"session": session})).await;
        refused_field(&answer, &["body", "session"]);
    }
}

#[tokio::test]
async fn a_press_that_fails_is_told_at_once_and_not_tried_again() {
    let board = Board::start().await;
    board
        .receiver
        .script("/hook", [Reply::with_body(500, "the door is jammed")]);
    let button = board.button(json!({"payload": "{}"})).await;
    let pressed = board.press(&button, json!({})).await;
    assert_eq!(pressed["responseStatusCode"], 500);
    assert_eq!(pressed["response"], "the door is jammed");
    assert_eq!(
        (&pressed["outcome"], &pressed["error"]),
        (&json!("exhausted"), &json!("status"))
    );
    let path = board.path(&format!("/attempt/msg/{}", text(&pressed["msgId"])));
    let attempts = rows(&board.app.client.get(&path).await);
    assert_eq!(attempts.len(), 1);
    assert_eq!(board.receiver.requests().len(), 1);
}

#[tokio::test]
async fn a_press_with_a_key_is_made_once() {
    let board = Board::start().await;
    let button = board.button(json!({})).await;
    let keyed = board.app.client.with_header("idempotency-key", "k1");
    let path = board.path(&format!("/button/{button}/press"));
    let first = keyed.post(&path, json!({"sdb": "a"})).await.expect(200);
    let second = keyed.post(&path, json!({"sdb": "a"})).await.expect(200);
    assert_eq!(first["id"], second["id"]);
    let other = keyed.post(&path, json!({"sdb": "b"})).await;
    refused(&other, 409, "idempotency_key_reused");
    assert_eq!(board.receiver.requests().len(), 1);
}

#[tokio::test]
async fn the_log_keeps_what_was_pressed_whatever_becomes_of_the_button() {
    let board = Board::start().await;
    let button = board.button(json!({"payload": "{\"n\":1}"})).await;
    let path = board.path(&format!("/button/{button}"));
    let endpoint = text(&board.buttons().await[0]["endpointId"]);
    let pressed = board.press(&button, json!({})).await;
    let change = json!({"url": board.receiver.url("/other"), "payload": "{\"n\":2}"});
    board.app.client.patch(&path, change).await.expect(200);
    board.press(&button, json!({})).await;
    assert_eq!(board.receiver.requests_to("/other").len(), 1);
    assert_eq!(board.app.client.delete(&path).await.status, 204);
    refused(&board.app.client.get(&path).await, 404, "not_found");
    refused(&board.try_press(&button, json!({})).await, 404, "not_found");

    let log = board.path(&format!("/attempt/endpoint/{endpoint}"));
    let log = rows(&board.app.client.get(&log).await);
    assert_eq!(log.len(), 2);
    assert_eq!(log[1]["id"], pressed["id"]);
    assert_eq!(log[1]["url"], board.receiver.url("/hook"));
    assert_eq!(log[0]["url"], board.receiver.url("/other"));
    let message = board.path(&format!("/msg/{}", text(&pressed["msgId"])));
    let message = board.app.client.get(&message).await.expect(200);
    assert_eq!(message["payload"], json!({"n": 1}));
    // The place is free.
    board.button(json!({})).await;
}

#[tokio::test]
async fn no_event_reaches_a_button_and_no_list_of_endpoints_has_it() {
    let board = Board::start().await;
    board
        .button(json!({"url": board.receiver.url("/button")}))
        .await;
    let endpoint = json!({"url": board.receiver.url("/endpoint")});
    board.app.create_endpoint(&board.owner, endpoint).await;
    let message = board.app.send(&board.owner, "a.b", json!({})).await;
    board.app.wait_for_status(&board.owner, &message, 0).await;
    let pressed = board
        .app
        .send(&board.owner, "button.pressed", json!({}))
        .await;
    board.app.wait_for_status(&board.owner, &pressed, 0).await;
    assert_eq!(board.receiver.requests_to("/endpoint").len(), 2);
    assert_eq!(board.receiver.requests_to("/button").len(), 0);
    let endpoints = rows(&board.app.client.get(&board.path("/endpoint")).await);
    assert_eq!(endpoints.len(), 1);
    let hidden = text(&board.buttons().await[0]["endpointId"]);
    let path = board.path(&format!("/endpoint/{hidden}"));
    refused(&board.app.client.get(&path).await, 404, "not_found");
}

#[tokio::test]
async fn what_a_button_shows_is_checked_and_kept() {
    let board = Board::start().await;
    for (field, value) in [
        ("label", json!("")),
        ("label", json!("a".repeat(65))),
        ("message", json!("a".repeat(1_001))),
        ("picture", json!("javascript:alert(1)")),
        ("picture", json!("data:image/svg+xml;base64,PHN2Zy8+")),
        ("colour", json!("red")),
        ("row", json!(4)),
        ("column", json!(-1)),
        ("uid", json!("btn_x")),
        ("boardId", json!("board_none")),
        ("url", json!(null)),
    ] {
        let answer = board.try_button(json!({field: value})).await;
        refused_field(&answer, &["body", field]);
    }
    let answer = board
        .app
        .client
        .post(&board.path("/button"), json!({}))
        .await;
    for field in ["boardId", "row", "column", "label", "url"] {
        refused_field(&answer, &["body", field]);
    }
    assert!(board.buttons().await.is_empty());

    let picture = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    let fields = json!({"picture": picture, "colour": "#1e90ff", "row": 1, "column": 2});
    let made = board.try_button(fields).await.expect(201);
    assert_eq!(
        (&made["picture"], &made["colour"]),
        (&json!(picture), &json!("#1e90ff"))
    );
    assert_eq!((&made["row"], &made["column"]), (&json!(1), &json!(2)));
    assert_eq!(
        (&made["label"], &made["message"]),
        (&json!("Door"), &json!("Door"))
    );
    let taken = board.try_button(json!({"row": 1, "column": 2})).await;
    refused(&taken, 409, "place_taken");
    let path = board.path(&format!("/button/{}", text(&made["id"])));
    let change = json!({"picture": null, "message": "Open it"});
    let changed = board.app.client.patch(&path, change).await.expect(200);
    assert_eq!(
        (&changed["picture"], &changed["message"]),
        (&json!(null), &json!("Open it"))
    );
    assert_eq!(changed["label"], "Door");
}

#[tokio::test]
async fn a_board_is_made_listed_changed_and_deleted_with_its_buttons() {
    let board = Board::start().await;
    let client = &board.app.client;
    let path = board.path("/board");
    let wide = json!({"name": "Wide", "uid": "wide", "rows": 1, "columns": 20});
    let wide = client.post(&path, wide).await.expect(201);
    for (field, value) in [
        ("rows", json!(0)),
        ("columns", json!(21)),
        ("name", json!("")),
    ] {
        let answer = client.post(&path, json!({"name": "a", field: value})).await;
        refused_field(&answer, &["body", field]);
    }
    refused_field(&client.post(&path, json!({})).await, &["body", "name"]);
    let again = client
        .post(&path, json!({"name": "a", "uid": "wide"}))
        .await;
    refused(&again, 409, "conflict");
    let first = client.get(&format!("{path}?limit=1")).await;
    assert_eq!(rows(&first)[0]["id"], json!(board.id));
    let next = text(&first.json()["iterator"]);
    let second = client.get(&format!("{path}?limit=1&iterator={next}")).await;
    assert_eq!(rows(&second)[0]["id"], wide["id"]);
    assert_eq!(second.json()["done"], true);

    let corner = json!({"boardId": "wide", "row": 0, "column": 19});
    let button = board.button(corner).await;
    let one = format!("{path}/wide");
    let answer = client.patch(&one, json!({"columns": 19})).await;
    refused(&answer, 409, "button_beyond_edge");
    let renamed = client
        .patch(&one, json!({"name": "Wider", "rows": 2}))
        .await
        .expect(200);
    assert_eq!(
        (&renamed["name"], &renamed["rows"]),
        (&json!("Wider"), &json!(2))
    );
    let of_board = board.path("/button?board=wide");
    assert_eq!(rows(&client.get(&of_board).await)[0]["id"], json!(button));
    let of_other = board.path(&format!("/button?board={}", board.id));
    assert!(rows(&client.get(&of_other).await).is_empty());
    assert_eq!(client.delete(&one).await.status, 204);
    refused(&client.delete(&one).await, 404, "not_found");
    refused(&client.get(&of_board).await, 404, "not_found");
    refused(&board.try_press(&button, json!({})).await, 404, "not_found");
    assert!(board.buttons().await.is_empty());
}
