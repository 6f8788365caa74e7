//! Plans: an ordered list of an environment, and the plan of an application.

use tidings_domain::application::ApplicationPatch;
use tidings_domain::plan::Plan;
use tidings_domain::theme::{Logo, Theme};

use super::Harness;
use super::world::{NOW, World, done, new_application};
use crate::{NewApplication, Subject};

fn plan(uid: &str, endpoints_max: Option<u32>) -> Plan {
    Plan {
        uid: uid.into(),
        name: format!("\u{1a}\0 {uid}"),
        has_webhooks: endpoints_max.is_some(),
        endpoints_max,
        rate_max: Some(u32::MAX),
        retention_days: None,
        features: vec!["a".into(), "b".into()],
    }
}

pub(super) async fn plans_are_kept_in_their_order_and_every_cache_is_told(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    assert_eq!(store.plans(world.environment).await, Ok(Vec::new()));
    let before = store.version().await.expect("a read");
    let plans = vec![plan("z", None), plan("a", Some(3))];
    let put = store.put_plans(world.environment, plans.clone()).await;
    assert_eq!(put, Ok(None));
    assert_eq!(store.plans(world.environment).await, Ok(plans));
    let changes = store.changes_since(before).await.expect("a read");
    let subjects: Vec<Subject> = changes.iter().map(|change| change.subject).collect();
    assert_eq!(subjects, [Subject::Plans(world.environment)]);
    let other = store.ensure_environment("other".into(), NOW).await;
    let other = other.expect("it is made").ordinal;
    assert_eq!(store.plans(other).await, Ok(Vec::new()));
    assert_eq!(
        store.put_plans(world.environment, Vec::new()).await,
        Ok(None)
    );
    assert_eq!(store.plans(world.environment).await, Ok(Vec::new()));
}

pub(super) async fn a_plan_that_an_application_has_does_not_go(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let (a, b) = (plan("a", None), plan("b", Some(1)));
    let both = vec![a.clone(), b.clone()];
    let put = store.put_plans(world.environment, both.clone()).await;
    assert_eq!(put, Ok(None));
    let new = NewApplication {
        plan: Some("b".into()),
        ..new_application(world.environment, world.tail())
    };
    let made = store.create_application(new, None).await;
    let owner = done(made.expect("it is made"));
    let put = store.put_plans(world.environment, vec![a.clone()]).await;
    assert_eq!(put, Ok(Some("b".into())));
    assert_eq!(store.plans(world.environment).await, Ok(both));
    // It may change, and once nobody has it, go.
    let changed = vec![plan("b", Some(2)), a.clone()];
    let put = store.put_plans(world.environment, changed).await;
    assert_eq!(put, Ok(None));
    let deleted = store.delete_application(owner.id.seq(), NOW).await;
    assert_eq!(deleted, Ok(true));
    let put = store.put_plans(world.environment, vec![a]).await;
    assert_eq!(put, Ok(None));
}

pub(super) async fn the_plan_of_an_application_is_kept_changed_and_taken_away(
    harness: &dyn Harness,
) {
    let world = World::new(harness).await;
    let store = world.store();
    assert_eq!(world.application.plan, None);
    for plan in [Some("a".to_owned()), None] {
        let patch = ApplicationPatch {
            plan: Some(plan.clone()),
            ..ApplicationPatch::default()
        };
        let changed = store.update_application(world.app(), patch, NOW).await;
        assert_eq!(done(changed.expect("it is changed")).plan, plan);
        let found = store.application_by_ordinal(world.app()).await;
        assert_eq!(found.expect("a read").expect("it is there").plan, plan);
        // A change that does not speak of it leaves it.
        let other = ApplicationPatch {
            name: Some("other".into()),
            ..ApplicationPatch::default()
        };
        let changed = store.update_application(world.app(), other, NOW).await;
        assert_eq!(done(changed.expect("it is changed")).plan, plan);
    }
}

pub(super) async fn a_theme_is_kept_for_its_environment_alone(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let plain = Theme::default();
    assert_eq!(store.theme(world.environment).await, Ok(plain.clone()));
    let theme = Theme {
        product_name: Some("\u{1a}\0 <P>".into()),
        accent: Some("#08697a".into()),
        accent_dark: None,
        font: Some("A B".into()),
        logo: Some(Logo {
            kind: "image/png".into(),
            data: "AAAA".into(),
        }),
    };
    let put = store.put_theme(world.environment, theme.clone()).await;
    assert_eq!(put, Ok(()));
    assert_eq!(store.theme(world.environment).await, Ok(theme));
    let other = store.ensure_environment("other".into(), NOW).await;
    let other = other.expect("it is made").ordinal;
    assert_eq!(store.theme(other).await, Ok(plain.clone()));
    let put = store.put_theme(world.environment, plain.clone()).await;
    assert_eq!(put, Ok(()));
    assert_eq!(store.theme(world.environment).await, Ok(plain));
}
