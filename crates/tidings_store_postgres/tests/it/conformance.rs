//! One test for each of the suite, each on a database of its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tidings_store::conformance::{Harness, Instance};
use tidings_store::{Handover, Store};
use tidings_store_postgres::{Options, PostgresStore};

use crate::cluster::Database;

struct Opened(Arc<PostgresStore>);

impl Instance for Opened {
    fn store(&self) -> Arc<dyn Store> {
        self.0.clone()
    }

    fn set_handover(&self, handover: Arc<dyn Handover>) {
        self.0.set_handover(handover);
    }
}

impl Harness for Database {
    fn open(&self) -> Pin<Box<dyn Future<Output = Box<dyn Instance>> + Send + '_>> {
        Box::pin(async {
            let options = Options {
                // The suite takes over from nodes that are still alive.
                lease_for: Duration::ZERO,
                ..Options::new(self.url())
            };
            let store = PostgresStore::open(&options).await;
            let store = store.unwrap_or_else(|error| panic!("the database does not open: {error}"));
            Box::new(Opened(Arc::new(store))) as Box<dyn Instance>
        })
    }
}

macro_rules! tests {
    ($($module:ident: $($name:ident),+;)+) => {
        $(mod $module {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    tidings_store::conformance::run(stringify!($name), &Database::new()).await;
                }
            )+
        })+
    };
}

tidings_store::every_conformance_test!(tests);
