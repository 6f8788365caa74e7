//! Two nodes that make the same thing at the same time: one makes it, the other hears what came of it.

use std::sync::Arc;

use tidings_domain::application::{Application, Metadata};
use tidings_domain::endpoint::EndpointPatch;
use tidings_store::{
    Applications as _, Dedup, EndpointUpdate, Endpoints as _, Environments as _, NewApplication,
    Written,
};
use tidings_store_postgres::PostgresStore;
use tidings_testkit::postgres::{Database, Version};

use crate::nodes::{endpoint, node};
use crate::outage::{NOW, application};

const ROUNDS: u8 = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_that_give_out_one_uid_at_once_one_does_and_the_other_says_that_it_is_taken() {
    race(None, |made, other| {
        assert!(
            matches!(&other, Written::Taken(first) if *first == made),
            "{other:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_that_get_one_key_at_once_one_makes_something_and_the_other_says_what() {
    let dedup = |round| Dedup {
        key: [round; 16],
        body: [1; 16],
        expires_at: NOW + 60_000,
    };
    race(Some(dedup), |made, other| {
        assert!(
            matches!(&other, Written::Replayed(Some(first)) if *first == made),
            "{other:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_that_change_one_endpoint_at_once_both_do() {
    let database = Database::new(Version::V15);
    let first = node(&database, |_| {}).await;
    let second = node(&database, |_| {}).await;
    let application = application(&first.store).await;
    let ordinal = endpoint(&first.store, application).await.seq();
    for round in 0..ROUNDS {
        let change = async |store: &Arc<PostgresStore>, patch: EndpointPatch| {
            let update = EndpointUpdate {
                ordinal,
                patch,
                expected_version: None,
                now: NOW,
            };
            let changed = store
                .update_endpoint(update, None)
                .await
                .expect("an answer");
            assert!(matches!(changed, Written::Done(_)), "{changed:?}");
        };
        let url = format!("https://example.com/{round}");
        let description = format!("the {round}th");
        let of_url = EndpointPatch {
            url: Some(url.clone()),
            ..EndpointPatch::default()
        };
        let of_description = EndpointPatch {
            description: Some(description.clone()),
            ..EndpointPatch::default()
        };
        tokio::join!(
            change(&first.store, of_url),
            change(&second.store, of_description)
        );
        let endpoint = first.store.endpoint_by_ordinal(ordinal).await;
        let endpoint = endpoint.expect("an answer").expect("it is there");
        // Neither has undone what the other did.
        assert_eq!((endpoint.url, endpoint.description), (url, description));
    }
}

/// Both nodes at once, again and again. The one that was first, and what the other heard.
async fn race(dedup: Option<fn(u8) -> Dedup>, expect: impl Fn(Application, Written<Application>)) {
    let database = Database::new(Version::V15);
    let first = node(&database, |_| {}).await;
    let second = node(&database, |_| {}).await;
    for round in 0..ROUNDS {
        let dedup = dedup.map(|dedup| dedup(round));
        let create = |store: &Arc<PostgresStore>| create(store.clone(), round, dedup.clone());
        let (left, right) = tokio::join!(create(&first.store), create(&second.store));
        match (left, right) {
            (Written::Done(made), other) | (other, Written::Done(made)) => expect(made, other),
            neither => panic!("{neither:?}"),
        }
    }
}

async fn create(
    store: Arc<PostgresStore>,
    round: u8,
    dedup: Option<Dedup>,
) -> Written<Application> {
    let environment = store.ensure_environment("default".into(), NOW).await;
    let new = NewApplication {
        environment: environment.expect("there is one").ordinal,
        uid: Some(format!("one-{round}")),
        name: "Cool Account".into(),
        throttle_rate: None,
        plan: None,
        feature_flags: None,
        metadata: Metadata::new(),
        created_at: NOW,
        tail: 1,
    };
    let made = tokio::spawn(async move { store.create_application(new, dedup).await });
    made.await.expect("no panic").expect("an answer")
}
