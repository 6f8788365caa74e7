//! What endpoints applications have, of a whole page at once.

use tidings_domain::application::Application;
use tidings_domain::endpoint::{DisabledReason, EndpointState};

use super::Harness;
use super::world::{NOW, World, done};
use crate::{EndpointKinds, NewEndpoint, Settlement};

const PLAY: &str = "https://play.svix.com/";

async fn endpoint(world: &World<'_>, of: &Application, url: &str, is_disabled: bool) -> i64 {
    let new = NewEndpoint {
        application: of.id.seq(),
        url: url.into(),
        is_disabled,
        ..world.new_endpoint()
    };
    let made = world.store().create_endpoint(new, None).await;
    done(made.expect("a write")).id.seq()
}

pub(super) async fn what_endpoints_applications_have_is_told_of_all_at_once(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let (empty, off) = (
        world.other_application().await,
        world.other_application().await,
    );
    let (play, both) = (
        world.other_application().await,
        world.other_application().await,
    );
    let only_hidden = world.other_application().await;
    endpoint(&world, &off, "https://example.com/", true).await;
    endpoint(&world, &play, "https://PLAY.svix.com/in/e_1/", false).await;
    endpoint(&world, &both, "https://play.svix.com/in/e_2/", true).await;
    endpoint(&world, &both, "https://play.svix.com.example.com/", false).await;
    let gone = endpoint(&world, &empty, "https://example.com/", false).await;
    store.delete_endpoint(gone, NOW).await.expect("a write");
    let hidden = NewEndpoint {
        application: only_hidden.id.seq(),
        ..world.new_endpoint()
    };
    let made = store.create_polling_endpoint(hidden, None).await;
    done(made.expect("a write"));

    let given_up = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&given_up])).await;
    let state = EndpointState {
        disabled: Some((DisabledReason::Gone, NOW)),
        ..EndpointState::default()
    };
    let settlement = Settlement {
        state: Some(state),
        ..world.exhausted(&message, &given_up)
    };
    world.settle(settlement).await;

    let asked = [&world.application, &empty, &off, &play, &both, &only_hidden];
    let asked: Vec<i64> = asked.map(|application| application.id.seq()).to_vec();
    let kinds = |application: &Application, has_enabled, has_real| EndpointKinds {
        application: application.id.seq(),
        has_enabled,
        has_real,
    };
    let prefixes = vec![PLAY.to_owned(), "http://localhost/in/".to_owned()];
    let found = store.endpoint_kinds(asked.clone(), prefixes).await;
    let mut found = found.expect("a read");
    found.sort_by_key(|kinds| kinds.application);
    let expected = [
        kinds(&world.application, false, true),
        kinds(&off, false, true),
        kinds(&play, true, false),
        kinds(&both, true, true),
    ];
    assert_eq!(found, expected);
    let found = store.endpoint_kinds(asked, Vec::new()).await;
    assert!(found.expect("a read").iter().all(|kinds| kinds.has_real));
    let none = store.endpoint_kinds(Vec::new(), Vec::new()).await;
    assert_eq!(none, Ok(Vec::new()));
}
