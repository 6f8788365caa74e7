//! Migrations of a loaded table while others write into it: nobody waits for long, two do not run at once,
//! and what was interrupted goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tidings_store::StoreError;
use tidings_store_postgres::migration::{self, Migration, Step};
use tidings_store_postgres::{MIGRATIONS, Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::wait;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, NoTls};

/// Longer than this no insert may wait for a lock.
const WAIT_MS_MAX: u32 = 200;

/// What there is before: a table of partitions with many rows.
const BEFORE: Migration = Migration {
    name: "a table",
    steps: &[Step::Create(
        "CREATE TABLE item (slot smallint NOT NULL, id bigint NOT NULL, place bigint,
            body text NOT NULL, PRIMARY KEY (slot, id)) PARTITION BY RANGE (id);
        CREATE TABLE item_1 PARTITION OF item FOR VALUES FROM (0) TO (50000);
        CREATE TABLE item_2 PARTITION OF item FOR VALUES FROM (50000) TO (100000);
        CREATE TABLE item_3 PARTITION OF item FOR VALUES FROM (100000) TO (10000000);
        CREATE TABLE note (id bigint PRIMARY KEY, body text NOT NULL)",
    )],
};
/// Every kind of step.
const AFTER: Migration = Migration {
    name: "colours",
    steps: &[
        Step::Statement("ALTER TABLE item ADD COLUMN colour text"),
        Step::Rows(
            "UPDATE item SET colour = 'red' WHERE (slot, id) IN (
                SELECT slot, id FROM item WHERE colour IS NULL AND id < 100000 LIMIT 2000)",
        ),
        Step::Index {
            name: "item_by_colour",
            table: "item",
            on: "(slot, colour, id) WHERE colour IS NOT NULL",
        },
        Step::Index {
            name: "note_by_body",
            table: "note",
            on: "(body)",
        },
        Step::Statement(
            "ALTER TABLE item ADD CONSTRAINT body_is_short CHECK (length(body) < 1000) NOT VALID",
        ),
    ],
};

/// What must not be done twice, and an index.
const ONCE: Migration = Migration {
    name: "a row",
    steps: &[
        Step::Statement("INSERT INTO note (id, body) VALUES (-1, 'made once')"),
        Step::Index {
            name: "item_by_body",
            table: "item",
            on: "(slot, body)",
        },
    ],
};

async fn client(database: &Database, options: &str) -> Client {
    let mut config: tokio_postgres::Config = database.url().parse().expect("an address");
    config.options(options);
    let (client, connection) = config.connect(NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client
}

/// A database with a hundred thousand rows in its table.
async fn loaded(version: Version) -> Database {
    let database = Database::new(version);
    let options = Options::new(database.url());
    let made = migration::run(&options, &[BEFORE]).await;
    made.expect("the table is made");
    database.query(
        "INSERT INTO item (slot, id, body) SELECT id % 1024, id, repeat('x', 200)
        FROM generate_series(0, 99999) id;
        INSERT INTO note (id, body) SELECT id, 'n' || id FROM generate_series(1, 20000) id",
    );
    database
}

/// One who inserts without end, and takes it ill if a lock lets it wait.
struct Writing {
    is_over: Arc<AtomicBool>,
    task: JoinHandle<Result<u64, String>>,
}

impl Writing {
    async fn start(database: &Database, from: i64) -> Self {
        let client = client(database, &format!("-c lock_timeout={WAIT_MS_MAX}")).await;
        let is_over = Arc::new(AtomicBool::new(false));
        let until = is_over.clone();
        let task = tokio::spawn(async move {
            let mut count = 0;
            for id in from.. {
                if until.load(Ordering::Relaxed) {
                    break;
                }
                let began = Instant::now();
                let inserted = client
                    .execute(
                        "INSERT INTO item (slot, id, body) VALUES (1, $1, 'new')",
                        &[&id],
                    )
                    .await;
                inserted.map_err(|error| {
                    let waited = began.elapsed();
                    format!("after {waited:?}: {:?}", error.as_db_error())
                })?;
                count += 1;
            }
            Ok(count)
        });
        Self { is_over, task }
    }

    /// How many rows it has inserted, or what kept it.
    async fn end(self) -> Result<u64, String> {
        self.is_over.store(true, Ordering::Relaxed);
        self.task.await.expect("it does not panic")
    }
}

/// One who reads the table in a transaction for a while, so that whoever locks it must wait.
async fn read_for(database: &Database, time: Duration) -> JoinHandle<()> {
    let reader = client(database, "").await;
    let began = reader
        .batch_execute("BEGIN; SELECT count(*) FROM item WHERE id < 10")
        .await;
    began.expect("a read");
    tokio::spawn(async move {
        tokio::time::sleep(time).await; // tidy: waits for as long as a careless reader keeps its transaction
        let ended = reader.batch_execute("COMMIT").await;
        ended.expect("an end");
    })
}

async fn nobody_waits_for_a_migration(version: Version) {
    let database = loaded(version).await;
    let first = Writing::start(&database, 1_000_000).await;
    let second = Writing::start(&database, 2_000_000).await;
    let reader = read_for(&database, Duration::from_secs(1)).await;
    let options = Options::new(database.url());
    let migrated = migration::run(&options, &[BEFORE, AFTER]).await;
    migrated.expect("it migrates");
    reader.await.expect("it reads");
    for writing in [first, second] {
        let count = writing.end().await.expect("no insert waits too long");
        assert!(count > 100, "{count}");
    }
    let ask = |sql: &str| database.query(sql);
    assert_eq!(
        ask("SELECT count(*) FROM item WHERE id < 100000 AND colour = 'red'"),
        "100000"
    );
    // The whole index and one for each partition; and all count.
    let indexes = "SELECT count(*), bool_and(indisvalid) FROM pg_index
        WHERE indexrelid::regclass::text LIKE '%item_by_colour' OR indexrelid = 'note_by_body'::regclass";
    assert_eq!(ask(indexes), "5|t");
    assert_eq!(ask("SELECT version, steps FROM schema_version"), "2|0");
    // A partition that is made from now on has it too.
    ask("CREATE TABLE item_4 PARTITION OF item FOR VALUES FROM (10000000) TO (20000000)");
    let fourth = "SELECT count(*) FROM pg_indexes WHERE tablename = 'item_4'";
    assert_eq!(ask(fourth), "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_longer_than_200_ms_for_a_migration_on_15() {
    nobody_waits_for_a_migration(Version::V15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_longer_than_200_ms_for_a_migration_on_18() {
    nobody_waits_for_a_migration(Version::V18).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_write_would_notice_a_migration_that_locks_the_table() {
    let database = loaded(Version::V15).await;
    let writing = Writing::start(&database, 1_000_000).await;
    let reader = read_for(&database, Duration::from_secs(1)).await;
    let careless = client(&database, "").await;
    let altered = careless
        .batch_execute("ALTER TABLE item ADD COLUMN colour text")
        .await;
    altered.expect("it gets its lock in the end");
    reader.await.expect("it reads");
    let kept = writing.end().await.expect_err("an insert has waited");
    assert!(kept.contains("lock"), "{kept}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_migrate_at_once_one_waits_and_nothing_is_done_twice() {
    let database = loaded(Version::V15).await;
    let options = Options::new(database.url());
    let many = (0..4).map(|_| migration::run(&options, &[BEFORE, ONCE]));
    for migrated in futures_util::future::join_all(many).await {
        migrated.expect("it migrates or waits");
    }
    let made = database.query("SELECT count(*) FROM note WHERE id = -1");
    assert_eq!(made, "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_was_interrupted_goes_on_with_the_next_start() {
    let database = loaded(Version::V15).await;
    let options = Options::new(database.url());
    // An index waits for whoever has written the table before.
    let writer = client(&database, "").await;
    let began = writer
        .batch_execute("BEGIN; INSERT INTO item_2 (slot, id, body) VALUES (2, 70000, 'open')")
        .await;
    began.expect("a row");
    let interrupted = {
        let options = options.clone();
        tokio::spawn(async move { migration::run(&options, &[BEFORE, ONCE]).await })
    };
    let half = "SELECT count(*) FROM pg_index
        WHERE indexrelid = to_regclass('item_2_item_by_body') AND NOT indisvalid";
    let is_half = async || database.query(half);
    wait::until("half an index", is_half, |count| count == "1").await;
    interrupted.abort();
    database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'tidings migrate' AND datname = current_database()",
    );
    writer.batch_execute("COMMIT").await.expect("an end");
    let plan = migration::plan(&options, &[BEFORE, ONCE]).await;
    let plan = plan.expect("a plan");
    assert_eq!((plan.version, plan.wanted, plan.steps.len()), (1, 2, 1));
    assert!(plan.steps[0].sql.contains("item_by_body"), "{plan:?}");
    assert_eq!(database.query(half), "1", "a plan changes nothing");

    let migrated = migration::run(&options, &[BEFORE, ONCE]).await;
    migrated.expect("it goes on");
    let indexes = "SELECT count(*), bool_and(indisvalid) FROM pg_index
        WHERE indexrelid::regclass::text LIKE '%item_by_body'";
    assert_eq!(database.query(indexes), "4|t");
    assert_eq!(
        database.query("SELECT count(*) FROM note WHERE id = -1"),
        "1"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_schema_is_refused_and_left_alone() {
    let database = Database::new(Version::V15);
    let options = Options::new(database.url());
    let store = PostgresStore::open(&options).await;
    drop(store.expect("it opens"));
    database.query("UPDATE schema_version SET version = 9999");
    let refused = PostgresStore::open(&options).await.err();
    assert!(
        matches!(&refused, Some(StoreError::Unusable(why)) if why.contains("newer") && why.contains("9999")),
        "{refused:?}"
    );
    assert!(migration::plan(&options, MIGRATIONS).await.is_err());
    assert_eq!(database.query("SELECT version FROM schema_version"), "9999");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_fails_leaves_nothing_of_it() {
    const BROKEN: Migration = Migration {
        name: "broken",
        steps: &[Step::Create("CREATE TABLE half (id bigint); SELECT 1 / 0")],
    };
    let database = Database::new(Version::V15);
    let options = Options::new(database.url());
    let failed = migration::run(&options, &[BROKEN]).await;
    let why = failed.expect_err("it fails").to_string();
    assert!(why.contains("division by zero"), "{why}");
    assert_eq!(database.query("SELECT to_regclass('half') IS NULL"), "t");
    let plan = migration::plan(&options, &[BROKEN]).await.expect("a plan");
    assert_eq!((plan.version, plan.steps.len()), (0, 1));
}
