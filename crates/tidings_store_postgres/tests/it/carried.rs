//! Outcomes that come while the database is away are kept, whatever the writer has in hand meanwhile.

use std::sync::Arc;

use tidings_domain::ids::EndpointId;
use tidings_domain::message::Message;
use tidings_store::prelude::*;
use tidings_store::{Accepted, Hold, MessageReference};
use tidings_store_postgres::{Options, PostgresStore};
use tidings_testkit::postgres::proxy::{Cut, Proxy};
use tidings_testkit::postgres::{Database, Version};
use tidings_testkit::wait;

use crate::nodes::outcome;
use crate::outage::{NOW, application, message};

async fn accepted(store: &PostgresStore, application: i64) -> Arc<Message> {
    let Ok(Accepted::Done(id)) = store.accept(message(application)).await else {
        panic!("not accepted");
    };
    let found = store.message(application, MessageReference::Id(id)).await;
    Arc::new(found.expect("a read").expect("it is there"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outcomes_that_come_while_a_commit_is_in_doubt_are_kept() {
    let database = Database::new(Version::V15);
    let proxy = Proxy::start(database.socket()).await;
    let url = database.url_through(proxy.port());
    let store = PostgresStore::open(&Options::new(url)).await;
    let store = store.expect("the database opens");
    let application = application(&store).await;
    let opened = store.open_journal("node".into(), NOW).await;
    let journal = opened.expect("a journal opens").journal;
    let (first, second) = (
        accepted(&store, application).await,
        accepted(&store, application).await,
    );
    let bring = |message| {
        let endpoint = EndpointId::new(NOW, 0, 77, 1);
        store.settle(outcome(message, endpoint, Hold::Handed, journal));
    };

    proxy.let_in(false);
    proxy.cut_next(Cut::BeforeTheServer);
    bring(&first);
    let cuts = async || proxy.cuts();
    wait::until("a commit to be cut", cuts, |cuts| *cuts == 1).await;
    bring(&second);
    // Refused together with it, when the writer has found that it cannot ask what became of the first.
    let refused = store.accept(message(application)).await;
    assert!(refused.is_err(), "{refused:?}");

    proxy.let_in(true);
    let kept = async || database.query("SELECT count(*) FROM attempt");
    wait::until("both outcomes", kept, |kept| kept == "2").await;
    store.close_journal().await.expect("it closes");
    store.close().await;
}
