//! Boards of buttons in the portal: made, changed and removed by forms; pressing sends, and nothing else does.

use serde_json::{Value, json};
use tidings_testkit::app::{rows, text};
use tidings_testkit::{Receiver, TestApp};

use super::browser::{Browser, hidden, location, page, post};
use crate::support::app;

/// An account with an empty board of two by two.
struct Desk {
    app: TestApp,
    browser: Browser,
    board: String,
    receiver: Receiver,
}

impl Desk {
    async fn open() -> Self {
        let app = app().await;
        let owner = app.create_application("Cool Account").await;
        let path = format!("/api/v1/app/{owner}/board");
        let board = json!({"name": "Home", "rows": 2, "columns": 2});
        let board = app.client.post(&path, board).await.expect(201);
        let browser = Browser::open(&app, &owner, json!({})).await;
        Self {
            app,
            browser,
            board: text(&board["id"]),
            receiver: Receiver::start().await,
        }
    }

    async fn buttons(&self) -> Vec<Value> {
        let path = format!("/api/v1/app/{}/button", self.browser.owner);
        rows(&self.app.client.get(&path).await)
    }

    /// Sends the form of a new button.
    async fn make(&self, fields: &str) -> tidings_testkit::Answer {
        let shown = format!("buttons/new?board={}", self.board);
        let fields = format!("board={}&{fields}", self.board);
        self.browser.send(&shown, "buttons/new", &fields).await
    }

    async fn made(&self, fields: &str) -> Value {
        location(&self.make(fields).await);
        let mut buttons = self.buttons().await;
        assert_eq!(buttons.len(), 1, "{buttons:?}");
        buttons.remove(0)
    }

    fn fields(&self, label: &str, path: &str, json: &str) -> String {
        let url = self.receiver.url(path);
        let json: Vec<String> = json.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let json = json.concat();
        format!("label={label}&place=0-1&kind=do&action=webhook&url={url}&json={json}")
    }
}

#[tokio::test]
async fn tc_1_tc_3_a_button_that_is_saved_shows_its_url_and_its_json_again() {
    let desk = Desk::open().await;
    let fields = desk.fields("Create+a+document", "/a", "{\"x\":1}");
    let button = desk.made(&fields).await;
    assert_eq!(button["label"], "Create a document");
    assert_eq!(button["message"], "Create a document");
    assert_eq!(button["url"], desk.receiver.url("/a"));
    assert_eq!(button["payload"], "{\"x\":1}");
    assert_eq!((&button["row"], &button["column"]), (&json!(0), &json!(1)));
    let id = text(&button["id"]);
    let update = format!("buttons/{id}/update");
    let shown = page(&desk.browser.get(&update).await);
    let url = desk.receiver.url("/a");
    assert!(shown.contains(&format!(
        "name=\"url\" type=\"url\" dir=\"ltr\" value=\"{url}\""
    )));
    assert!(shown.contains("{&#34;x&#34;:1}</textarea>"), "{shown}");
    // One input each.
    assert_eq!(shown.matches("name=\"url\"").count(), 1);
    assert_eq!(shown.matches("name=\"json\"").count(), 1);

    let changed = desk.fields("Write", "/b", "");
    let changed = changed.replace("place=0-1", "place=1-0");
    let saved = location(&desk.browser.send(&update, &update, &changed).await);
    assert!(saved.ends_with("&done=saved"), "{saved}");
    let button = desk.buttons().await.remove(0);
    assert_eq!(button["label"], "Write");
    assert_eq!(button["payload"], Value::Null);
    assert_eq!((&button["row"], &button["column"]), (&json!(1), &json!(0)));
    let board = page(&desk.browser.client.get(&saved).await);
    assert!(
        board.contains("The board is ready at once") && board.contains(&format!("{id}/update"))
    );
    assert!(desk.receiver.requests().is_empty(), "editing sends nothing");
}

#[tokio::test]
async fn tc_2_a_press_sends_exactly_once_and_opening_sends_nothing() {
    let desk = Desk::open().await;
    let fields = desk.fields("Door", "/door", "{\"said\":\"${SDB}\"}");
    let id = text(&desk.made(&fields).await["id"]);
    let board = format!("buttons?board={}", desk.board);
    for path in [&board, &format!("buttons/{id}/update")] {
        assert_eq!(desk.browser.get(path).await.status, 200, "{path}");
    }
    assert!(desk.receiver.requests().is_empty());
    // The same form sent twice, as a trembling hand does, is one press.
    let shown = page(&desk.browser.get(&board).await);
    let (token, once) = (hidden(&shown, "token"), hidden(&shown, "once"));
    let path = format!("/portal/{}/buttons/{id}", desk.browser.owner);
    let fields = format!("token={token}&once={once}&sdb=He+said+%22hi%22");
    let first = location(&post(&desk.browser.client, &path, &fields).await);
    let again = location(&post(&desk.browser.client, &path, &fields).await);
    assert_eq!(first, again);
    let requests = desk.receiver.wait_for("/door", 1).await;
    assert_eq!(requests.len(), 1);
    let body: Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(body, json!({"said": "He said \"hi\""}));
    let told = page(&desk.browser.client.get(&first).await);
    assert!(
        told.contains("role=\"status\"><span class=\"pill ok\">204"),
        "{told}"
    );
    // What is in the bar stays, and the focus goes on from the button.
    assert!(told.contains("value=\"He said &#34;hi&#34;\"") && told.contains(" autofocus>"));
    // Anew from the page: two.
    let pressed = desk
        .browser
        .send(&board, &format!("buttons/{id}"), "")
        .await;
    location(&pressed);
    assert_eq!(desk.receiver.wait_for("/door", 2).await.len(), 2);
}

#[tokio::test]
async fn tc_6_tc_8_what_is_no_json_or_no_address_is_refused_and_nothing_is_stored() {
    let desk = Desk::open().await;
    for (json, at) in [
        ("abc", "line 1, column 1"),
        ("{\"a\":1,}", "line 1, column 8"),
        ("{\n \"event_id\": {", "line 2, column 14"),
    ] {
        let answer = desk.make(&desk.fields("Door", "/x", json)).await;
        assert_eq!(answer.status, 422, "{json}");
        let shown = page(&answer);
        assert!(
            shown.contains("id=\"json-error\"") && shown.contains(at),
            "{json}"
        );
        assert!(shown.contains("value=\"Door\""), "what was typed stays");
    }
    for url in ["ftp://a.test/x", "javascript:alert(1)", "not+a+url", ""] {
        let fields = format!("label=Door&place=0-0&kind=&json=&url={url}");
        let answer = desk.make(&fields).await;
        assert_eq!(answer.status, 422, "{url}");
        assert!(page(&answer).contains("id=\"url-error\""), "{url}");
    }
    assert!(desk.buttons().await.is_empty());
    let fields = desk.fields("Door", "/x", "");
    location(&desk.make(&fields).await);
    let taken = desk.make(&fields).await;
    assert_eq!(taken.status, 422);
    assert!(page(&taken).contains("Another button is there already"));
    assert_eq!(desk.buttons().await.len(), 1);
}

#[tokio::test]
async fn tc_7_tc_10_tc_11_the_editor_has_both_notices_and_explains_six_words_in_each_language() {
    let desk = Desk::open().await;
    let path = format!("buttons/new?board={}", desk.board);
    for (language, wifi, provider) in [
        (
            "en",
            "You must be connected to Wi-Fi",
            "Webhook service or provider",
        ),
        (
            "es",
            "Debes estar conectado a Wi-Fi",
            "Servicio o proveedor de webhooks",
        ),
        (
            "fi",
            "Webhookien käyttö vaatii Wi-Fi-yhteyden",
            "Webhook-palvelu tai -tarjoaja",
        ),
        (
            "de",
            "Für Webhooks ist eine WLAN-Verbindung nötig",
            "Webhook-Dienst oder -Anbieter",
        ),
        ("pl", "potrzebne jest Wi-Fi", "Usługa lub dostawca webhooka"),
        (
            "it",
            "serve una connessione Wi-Fi",
            "Servizio o fornitore di webhook",
        ),
    ] {
        let client = desk.browser.client.with_header("accept-language", language);
        let path = format!("/portal/{}/{path}", desk.browser.owner);
        let shown = page(&client.get(&path).await);
        for text in [wifi, provider, "<textarea", "id=\"json-state\""] {
            assert!(shown.contains(text), "{language}: {text}");
        }
        let notices = shown.matches("<div class=\"notice above\">").count();
        assert_eq!(notices, 2, "{language}");
        let (_, terms) = shown.split_once("<dl class=\"term").unwrap();
        assert_eq!(terms.matches("<dt>").count(), 6, "{language}");
    }
}

#[tokio::test]
async fn boards_are_made_changed_and_removed_with_their_buttons() {
    let desk = Desk::open().await;
    let browser = &desk.browser;
    let made = browser.send("boards/new", "boards/new", "name=Kitchen&rows=1&columns=3");
    let made = location(&made.await);
    let list = format!("/api/v1/app/{}/board", browser.owner);
    let boards = async || rows(&desk.app.client.get(&list).await);
    let kitchen = boards()
        .await
        .into_iter()
        .find(|one| one["name"] == "Kitchen");
    let kitchen = kitchen.expect("the board is made");
    assert_eq!(
        (&kitchen["rows"], &kitchen["columns"]),
        (&json!(1), &json!(3))
    );
    let shown = page(&browser.client.get(&made).await);
    assert_eq!(shown.matches("class=\"tile free\"").count(), 3, "{shown}");

    location(&desk.make(&desk.fields("Door", "/x", "")).await);
    let update = format!("boards/{}/update", desk.board);
    let narrow = browser
        .send(&update, &update, "name=Home&rows=2&columns=1")
        .await;
    assert_eq!(narrow.status, 422);
    assert!(page(&narrow).contains("A button lies where the board would end"));
    for wrong in [
        "name=&rows=2&columns=2",
        "name=Home&rows=0&columns=2",
        "name=Home&rows=2&columns=21",
    ] {
        let answer = browser.send(&update, &update, wrong).await;
        assert_eq!(answer.status, 422, "{wrong}");
    }
    location(
        &browser
            .send(&update, &update, "name=My+room&rows=3&columns=2")
            .await,
    );
    let home = boards()
        .await
        .into_iter()
        .find(|one| one["id"] == desk.board.as_str());
    assert_eq!(home.unwrap()["name"], "My room");

    let id = text(&desk.buttons().await[0]["id"]);
    let remove = format!("buttons/{id}/remove");
    location(&browser.send(&remove, &remove, "").await);
    assert!(desk.buttons().await.is_empty());
    let remove = format!("boards/{}/remove", desk.board);
    location(&browser.send(&remove, &remove, "").await);
    assert_eq!(boards().await.len(), 1);
    assert_eq!(browser.get(&update).await.status, 404);
}

#[tokio::test]
async fn boards_of_others_are_not_there_and_a_reader_changes_none() {
    let desk = Desk::open().await;
    let id = text(&desk.made(&desk.fields("Door", "/x", "")).await["id"]);
    let other = desk.app.create_application("Harbour Hotels").await;
    let stranger = Browser::open(&desk.app, &other, json!({})).await;
    let token = hidden(&page(&stranger.get("buttons").await), "token");
    for path in [
        format!("buttons/{id}/update"),
        format!("buttons/{id}/remove"),
        format!("boards/{}/update", desk.board),
        format!("boards/{}/remove", desk.board),
        format!("boards?board={}", desk.board),
        format!("buttons?board={}", desk.board),
        format!("buttons/new?board={}", desk.board),
    ] {
        assert_eq!(stranger.get(&path).await.status, 404, "{path}");
    }
    for path in [format!("buttons/{id}"), format!("buttons/{id}/remove")] {
        let path = format!("/portal/{other}/{path}");
        let answer = post(&stranger.client, &path, &format!("token={token}")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let reader = Browser::open(&desk.app, &desk.browser.owner, json!({"readOnly": true})).await;
    let shown = page(&reader.get("buttons").await);
    assert!(shown.contains("Door") && shown.contains(" disabled>") && !shown.contains("/boards"));
    for path in [
        "boards".to_owned(),
        "boards/new".to_owned(),
        format!("buttons/{id}/update"),
    ] {
        assert_eq!(reader.get(&path).await.status, 403, "{path}");
    }
    let token = hidden(&shown, "token");
    for path in [
        format!("buttons/{id}"),
        format!("buttons/{id}/remove"),
        "boards/new".to_owned(),
    ] {
        let path = format!("/portal/{}/{path}", desk.browser.owner);
        let answer = post(
            &reader.client,
            &path,
            &format!("token={token}&name=x&rows=1&columns=1"),
        )
        .await;
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(desk.buttons().await.len(), 1);
    assert!(desk.receiver.requests().is_empty());
}

#[tokio::test]
async fn a_session_does_with_boards_over_the_api_what_it_may_on_pages() {
    let desk = Desk::open().await;
    let id = text(&desk.made(&desk.fields("Door", "/door", "")).await["id"]);
    let owner = &desk.browser.owner;
    let session = async |body: Value| {
        let path = format!("/api/v1/auth/app-portal-access/{owner}");
        let made = desk.app.client.post(&path, body).await.expect(200);
        desk.app.client.with_key(&text(&made["token"]))
    };
    let button = format!("/api/v1/app/{owner}/button/{id}");
    let reader = session(json!({"readOnly": true})).await;
    reader.get(&button).await.expect(200);
    let pressed = reader.post(&format!("{button}/press"), json!({})).await;
    assert_eq!(pressed.status, 403);
    let board = format!("/api/v1/app/{owner}/board");
    assert_eq!(reader.post(&board, json!({"name": "x"})).await.status, 403);
    let whole = session(json!({})).await;
    whole.post(&board, json!({"name": "x"})).await.expect(201);
    whole
        .post(&format!("{button}/press"), json!({}))
        .await
        .expect(200);
    assert_eq!(desk.receiver.wait_for("/door", 1).await.len(), 1);
}
