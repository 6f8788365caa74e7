//! What the API does not let in, and a store keeps all the same, is copied exactly too.

use bytes::Bytes;
use tidings_domain::application::{Application, Metadata};
use tidings_domain::body_format::BodyFormat;
use tidings_domain::button::{Face, Place};
use tidings_domain::delivery::Pending;
use tidings_store::prelude::*;
use tidings_store::{
    Accepted, Creditor, ListMessages, NewApplication, NewBoard, NewButton, NewEndpoint, NewMessage,
    Order, PageRequest, Reference, SCAN_ROWS_MAX, Store, Written,
};
use tidings_store_postgres::PostgresStore;
use tidings_store_sqlite::SqliteStore;
use tidings_testkit::postgres::{Database, Version};

use super::*;
use crate::config::MasterKeyText;

const NOW: i64 = 1_700_000_000_000;
const TEXT: &str = "a\0b\u{1a}0 \u{fffd}ä";
const KEY: &str = "tmk_1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn new_message(application: i64, number: i64) -> NewMessage {
    NewMessage {
        application,
        event_type: TEXT.into(),
        payload: (0..=255).collect::<Vec<u8>>().into(),
        event_id: Some(format!("{TEXT}{number}")),
        channels: vec![TEXT.into()],
        tags: vec![TEXT.into(), "b".into()],
        // So many that they are owed by one row with a cursor.
        targets: (1..=300 + number).collect(),
        admitted: Vec::new(),
        in_line: vec![1],
        // Each on a day of its own.
        accepted_at: NOW + number * 24 * 60 * 60 * 1000,
        tail: number,
        dedup: None,
        event_id_until: NOW,
        record: None,
        options: None,
    }
}

fn new_endpoint(application: &Application) -> NewEndpoint {
    NewEndpoint {
        application: application.id.seq(),
        environment: application.environment,
        uid: Some(TEXT.into()),
        url: "https://example.com/".into(),
        description: TEXT.into(),
        is_disabled: false,
        event_types: vec![TEXT.into()],
        channels: Vec::new(),
        filter: Some(TEXT.into()),
        throttle_rate: None,
        is_fifo: true,
        batch_size: None,
        max_wait_secs: None,
        retry_policy: None,
        co_signature: None,
        format: BodyFormat::Json,
        metadata: Metadata::new(),
        headers: None,
        credentials: None,
        secrets: Vec::new(),
        created_at: NOW,
        tail: 6,
    }
}

/// Makes data with texts that no caller of the API could have sent. Gives the application's number.
async fn fill(folder: &Path) -> i64 {
    let options = tidings_store_sqlite::Options::server(folder);
    let store = SqliteStore::open(&options).unwrap();
    let environment = store.ensure_environment(TEXT.into(), NOW).await.unwrap();
    let new = NewApplication {
        environment: environment.ordinal,
        uid: Some(TEXT.into()),
        name: TEXT.into(),
        throttle_rate: Some(7),
        plan: None,
        feature_flags: None,
        metadata: Metadata::from([(TEXT.to_owned(), TEXT.to_owned())]),
        created_at: NOW,
        tail: 5,
    };
    let made = store.create_application(new, None).await.unwrap();
    let Written::Done(application) = made else {
        panic!("it was not made: {made:?}");
    };
    let first = store
        .create_endpoint(new_endpoint(&application), None)
        .await;
    let Written::Done(endpoint) = first.unwrap() else {
        panic!("it was not made");
    };
    assert_eq!(endpoint.id.seq(), 1, "it has a line");
    fill_board(&store, &application).await;
    store.open_journal("test".into(), NOW).await.unwrap();
    for number in 0..4 {
        let new = new_message(application.id.seq(), number);
        let accepted = store.accept(new).await.unwrap();
        assert!(matches!(accepted, Accepted::Done(_)));
    }
    let mut empty = new_message(application.id.seq(), 4);
    empty.payload = Bytes::new();
    store.accept(empty).await.unwrap();
    store.close_journal().await.unwrap();
    store.close().await;
    application.id.seq()
}

/// A board and a button on it.
async fn fill_board(store: &SqliteStore, application: &Application) {
    let new = NewBoard {
        application: application.id.seq(),
        uid: Some(TEXT.into()),
        name: TEXT.into(),
        rows: 2,
        columns: 3,
        created_at: NOW,
        tail: 7,
    };
    let made = store.create_board(new, None).await.unwrap();
    let Written::Done(board) = made else {
        panic!("it was not made: {made:?}");
    };
    let new = NewButton {
        board: board.ordinal(),
        uid: Some(TEXT.into()),
        place: Place { row: 1, column: 2 },
        face: Face {
            label: TEXT.into(),
            message: TEXT.into(),
            picture: None,
            colour: Some(TEXT.into()),
            payload: Some(TEXT.into()),
        },
        endpoint: NewEndpoint {
            uid: None,
            ..new_endpoint(application)
        },
    };
    let made = store.create_button(new, None).await.unwrap();
    assert!(matches!(made, Written::Done(_)));
}

/// Its board and the button on it, and the one endpoint that is no button's.
async fn board(store: &dyn Store, application: i64) -> String {
    let page = PageRequest {
        order: Order::Ascending,
        after: None,
        limit: 100,
    };
    let boards = store.boards(application, page).await.unwrap();
    let buttons = store.buttons(application, None, page).await.unwrap();
    let endpoints = store.endpoints(application, page).await.unwrap();
    assert_eq!((boards.len(), buttons.len(), endpoints.len()), (1, 1, 1));
    format!("{boards:?} {buttons:?} {endpoints:?}")
}

/// What a store says of it.
async fn said(store: &dyn Store, application: i64) -> String {
    let list = ListMessages {
        application,
        order: Order::Ascending,
        after: None,
        limit: 100,
        read_max: SCAN_ROWS_MAX,
        channel: None,
        tag: None,
        event_types: Vec::new(),
        from: None,
        to: None,
        with_payload: true,
    };
    let environment = store.environments().await.unwrap().remove(0);
    let uid = Reference::Uid(TEXT.to_owned());
    let found = store.application(environment.ordinal, uid).await.unwrap();
    assert!(found.is_some());
    let messages = store.messages(list).await.unwrap();
    assert_eq!(messages.rows.len(), 5);
    let slot = store.slot_of(found.as_ref().unwrap().id.seq());
    let cursors = Creditor { slot, endpoint: 0 };
    let owed = store.due(cursors, i64::MAX, 100).await.unwrap();
    assert_eq!(owed.rows.len(), 5);
    let line = line(store, slot).await;
    assert_eq!(line.len(), 5);
    let board = board(store, application).await;
    format!("{environment:?} {found:?} {messages:?} {owed:?} {line:?} {board}")
}

async fn line(store: &dyn Store, slot: i16) -> Vec<Pending> {
    let creditor = Creditor { slot, endpoint: 1 };
    store.line(creditor, 100).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_with_nul_and_bytes_that_are_no_text_come_out_as_they_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let application = fill(folder.path()).await;
    let database = Database::new(Version::V18);
    let mut settings = Settings::defaults();
    settings.data = folder.path().to_owned();
    settings.store = database.url();
    settings.master_key = Some(MasterKeyText(KEY.to_owned()));
    copy(&settings, folder.path(), OutputForm::Json)
        .await
        .unwrap();

    let options = tidings_store_sqlite::Options::server(folder.path());
    let before = SqliteStore::open(&options).unwrap();
    let after = PostgresStore::open(&postgres_options(&settings)).await;
    let after = after.unwrap();
    let given = said(&before, application).await;
    assert_eq!(said(&after, application).await, given);
    // A number that is given there afterwards is a new one.
    after.open_journal("test".into(), NOW).await.unwrap();
    let accepted = after.accept(new_message(application, 9)).await.unwrap();
    let Accepted::Done(id) = accepted else {
        panic!("it was not accepted: {accepted:?}");
    };
    assert_eq!(id.seq(), 6, "five were given");
    let line = line(&after, after.slot_of(application)).await;
    assert_eq!((line.len(), line[5].message.id), (6, id), "it is the last");
}
