//! A data folder that cannot be used is refused with its reason, and left as it is.

use std::os::unix::fs::PermissionsExt as _;

use tidings_store::StoreError;
use tidings_store::prelude::*;
use tidings_store_sqlite::{Options, SqliteStore};

use crate::support::{Folder, NOW};

fn refusal(options: &Options) -> String {
    match SqliteStore::open(options) {
        Err(StoreError::Unusable(why)) => why,
        Err(other) => panic!("refused for another reason: {other:?}"),
        Ok(_) => panic!("the folder was opened"),
    }
}

async fn make(folder: &Folder) {
    let store = SqliteStore::open(&Options::server(folder.path())).expect("the folder opens");
    store
        .ensure_environment("kept".into(), NOW)
        .await
        .expect("a write");
}

#[tokio::test]
async fn data_of_a_newer_version_are_refused_and_left_as_they_are() {
    let folder = Folder::new();
    make(&folder).await;
    let connection = folder.connection();
    // Not as this version would have it, so that a change would show.
    connection
        .execute_batch("PRAGMA journal_mode = DELETE; PRAGMA user_version = 99")
        .unwrap();
    drop(connection);
    let before = std::fs::read(folder.file()).unwrap();
    let why = refusal(&Options::server(folder.path()));
    assert!(why.contains("newer version") && why.contains("99"), "{why}");
    let why = refusal(&Options::command(folder.path()));
    assert!(why.contains("newer version"), "{why}");
    assert!(
        std::fs::read(folder.file()).unwrap() == before,
        "the file has changed"
    );
}

#[tokio::test]
async fn a_folder_in_use_is_refused_with_the_process_that_holds_it() {
    let folder = Folder::new();
    let holder = SqliteStore::open(&Options::server(folder.path())).expect("the folder opens");
    let why = refusal(&Options::server(folder.path()));
    let process = format!("process {}", std::process::id());
    assert!(why.contains(&process), "{why}");
    assert!(why.contains(&folder.path().display().to_string()), "{why}");
    // The holder is not disturbed, and lets go when it ends.
    holder
        .ensure_environment("kept".into(), NOW)
        .await
        .expect("a write");
    drop(holder);
    SqliteStore::open(&Options::server(folder.path())).expect("the folder opens");
}

#[tokio::test]
async fn a_command_works_beside_a_server_and_without_one() {
    let folder = Folder::new();
    let command = SqliteStore::open(&Options::command(folder.path())).expect("the folder opens");
    let made = command
        .ensure_environment("first".into(), NOW)
        .await
        .expect("a write");
    let server = SqliteStore::open(&Options::server(folder.path())).expect("the folder opens");
    assert_eq!(server.environments().await, Ok(vec![made]));
    let second = command
        .ensure_environment("second".into(), NOW)
        .await
        .expect("a write");
    assert_eq!(server.environments().await.expect("a read")[1], second);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_refused_by_name() {
    let folder = Folder::new();
    make(&folder).await;
    let before = std::fs::read(folder.file()).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    let options = Options::server(folder.path());
    let runtime = tokio::runtime::Handle::current();
    // Permissions do not hold root back, so this thread becomes nobody.
    let opening = std::thread::spawn(move || {
        let _ = rustix::thread::set_thread_uid(rustix::thread::Uid::from_raw(65_534));
        let _inside = runtime.enter();
        refusal(&options)
    });
    let why = opening.join().expect("the folder is refused");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(why.contains(&folder.path().display().to_string()), "{why}");
    assert!(why.contains("ermission denied"), "{why}");
    assert!(
        std::fs::read(folder.file()).unwrap() == before,
        "the file has changed"
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_refused_by_name() {
    let why = refusal(&Options::server("/dev/null/data"));
    assert!(why.contains("/dev/null/data"), "{why}");
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    make(&folder).await;
    let damaged = vec![0x5A; 64 << 10];
    std::fs::write(folder.file(), &damaged).unwrap();
    let why = refusal(&Options::server(folder.path()));
    assert!(why.contains("damaged"), "{why}");
    assert!(
        std::fs::read(folder.file()).unwrap() == damaged,
        "the file has changed"
    );
}

#[tokio::test]
async fn a_new_folder_is_nobody_elses_business() {
    let folder = Folder::new();
    let path = folder.path().join("data");
    let _store = SqliteStore::open(&Options::server(&path)).expect("the folder opens");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn what_was_asked_for_is_on_disk_when_the_store_has_been_dropped() {
    let folder = Folder::new();
    let store = SqliteStore::open(&Options::server(folder.path())).expect("the folder opens");
    let asked: Vec<_> = (0..50)
        .map(|number| store.ensure_environment(format!("e{number}"), NOW))
        .collect();
    drop(asked);
    drop(store);
    let store = SqliteStore::open(&Options::server(folder.path())).expect("the folder opens");
    assert_eq!(store.environments().await.expect("a read").len(), 50);
}
