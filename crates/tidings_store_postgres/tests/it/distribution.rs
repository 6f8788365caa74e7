//! Distribution, against a stand-in for Citus that keeps its rules and writes down what it is asked for.

use std::cell::RefCell;

use tidings_store_postgres::{Options, PostgresStore, distribute};
use tidings_testkit::postgres::{Database, Version};

/// As far as `tidings distribute` sees it. A table whose key leaves out the column that it is distributed
/// by is refused, and one that is distributed already.
const STAND_IN: &str = "
    SET allow_system_table_mods = on;
    INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
        VALUES (99999, 'citus', 10, 2200, false, '0 (stand-in)');
    CREATE TABLE pg_dist_partition (logicalrel regclass PRIMARY KEY, partkey text, colocated text,
        shards integer);
    CREATE FUNCTION create_reference_table(t text) RETURNS void LANGUAGE sql AS
        $$ INSERT INTO pg_dist_partition VALUES (t::regclass) $$;
    CREATE FUNCTION create_distributed_table(t text, k text, colocate_with text DEFAULT NULL,
        shard_count integer DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM pg_index x WHERE x.indrelid = t::regclass AND x.indisunique
            AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = x.indrelid
                AND a.attname = k AND a.attnum = ANY (x.indkey))) THEN
            RAISE 'creating unique indexes on non-partition columns is currently unsupported';
        END IF;
        IF colocate_with IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM pg_dist_partition WHERE logicalrel = colocate_with::regclass) THEN
            RAISE 'relation % is not distributed', colocate_with;
        END IF;
        INSERT INTO pg_dist_partition VALUES (t::regclass, k, colocate_with, shard_count);
    END $$";

const DISTRIBUTED: &str = "SELECT count(*) FILTER (WHERE partkey = 'slot'),
    count(*) FILTER (WHERE partkey IS NULL), max(shards),
    (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
        AND relnamespace = 'public'::regnamespace AND relname <> 'pg_dist_partition')
    FROM pg_dist_partition";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_is_distributed_once_in_a_fresh_database_and_in_one_that_is_used() {
    for is_used in [false, true] {
        let database = Database::new(Version::V15);
        let options = Options::new(database.url());
        if is_used {
            let store = PostgresStore::open(&options).await;
            drop(store.expect("it opens"));
        }
        database.query(STAND_IN);
        let said = RefCell::new(0);
        for _ in 0..2 {
            let distributed = distribute::run(&options, 48, |_| *said.borrow_mut() += 1).await;
            distributed.expect("it is distributed");
        }
        assert_eq!(database.query(DISTRIBUTED), "15|18|48|33");
        assert_eq!(*said.borrow(), 66);
        let store = PostgresStore::open(&options).await;
        drop(store.expect("it opens as before"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_cannot_be_distributed_is_named_and_the_rest_goes_on_later() {
    let database = Database::new(Version::V15);
    let options = Options::new(database.url());
    database.query(STAND_IN);
    let store = PostgresStore::open(&options).await;
    drop(store.expect("it opens"));
    database.query("CREATE UNIQUE INDEX in_the_way ON pending (message_id)");
    let failed = distribute::run(&options, 32, |_| ()).await;
    let why = failed
        .expect_err("a unique index is in the way")
        .to_string();
    assert!(why.contains("non-partition columns"), "{why}");
    database.query("DROP INDEX in_the_way");
    let distributed = distribute::run(&options, 32, |_| ()).await;
    distributed.expect("it goes on");
    assert_eq!(database.query(DISTRIBUTED), "15|18|32|33");
}
