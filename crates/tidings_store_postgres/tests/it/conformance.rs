//! One test for each of the suite on each version of PostgreSQL, each on a database of its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tidings_store::conformance::{Harness, Instance};
use tidings_store::{Handover, Store};
use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::{Database, Version};

/// A database that each test of the suite has for itself.
struct Fresh(Database);

struct Opened(Arc<PostgresStore>);

impl Instance for Opened {
    fn store(&self) -> Arc<dyn Store> {
        self.0.clone()
    }

    fn set_handover(&self, handover: Arc<dyn Handover>) {
        self.0.set_handover(handover);
    }
}

impl Harness for Fresh {
    fn open(&self) -> Pin<Box<dyn Future<Output = Box<dyn Instance>> + Send + '_>> {
        Box::pin(async {
            let options = Options {
                // The suite takes over from nodes that are still alive.
                lease_for: Duration::ZERO,
                ..Options::new(self.0.url())
            };
            let store = PostgresStore::open(&options).await;
            let store = store.unwrap_or_else(|error| panic!("the database does not open: {error}"));
            Box::new(Opened(Arc::new(store))) as Box<dyn Instance>
        })
    }
}

macro_rules! tests {
    ($($module:ident: $($name:ident),+;)+) => {
        on!(on_15, Version::V15, $($module: $($name),+;)+);
        on!(on_16, Version::V16, $($module: $($name),+;)+);
        on!(on_17, Version::V17, $($module: $($name),+;)+);
        on!(on_18, Version::V18, $($module: $($name),+;)+);
    };
}

/// The suite on one version.
macro_rules! on {
    ($version_name:ident, $version:expr, $($module:ident: $($name:ident),+;)+) => {
        mod $version_name {
            $(mod $module {
                use super::super::*;

                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $name() {
                        let fresh = Fresh(Database::new($version));
                        tidings_store::conformance::run(stringify!($name), &fresh).await;
                    }
                )+
            })+
        }
    };
}

tidings_store::every_conformance_test!(tests);
