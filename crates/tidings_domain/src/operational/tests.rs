//! What is told, and how the guide shows it.

use super::*;

const AT: Occasion = Occasion {
    at: 1_700_000_000_000,
    tail: 5,
};

fn about() -> About {
    About {
        environment: 7,
        application: ApplicationId::new(1, 0, 3, 4),
        application_uid: None,
        endpoint: EndpointId::new(1, 0, 8, 9),
        endpoint_uid: Some("billing".to_owned()),
    }
}

#[test]
fn every_event_type_has_a_name_and_a_place_of_its_own_in_a_set() {
    for one in OperationalEventType::ALL {
        assert_eq!(OperationalEventType::parse(one.as_str()), Some(one));
        let mut set = OperationalEventTypes::default();
        set.insert(one);
        let all = OperationalEventType::ALL.into_iter();
        assert_eq!(all.filter(|other| set.contains(*other)).count(), 1);
    }
}

#[test]
fn an_event_says_whose_endpoint_it_is_about() {
    let event = about().change(OperationalEventType::EndpointCreated, AT);
    let payload: Value = serde_json::from_str(&event.payload).unwrap();
    assert_eq!((event.environment, event.application), (7, 3));
    assert_eq!(payload["type"], "endpoint.created");
    assert_eq!(payload["data"]["endpointUid"], "billing");
    assert_eq!(payload["data"]["appUid"], Value::Null);
    assert_eq!(payload["data"]["appId"], about().application.to_string());
}

/// The keys of an object, and of those in it.
fn keys(value: &Value) -> Vec<String> {
    let Some(object) = value.as_object() else {
        return Vec::new();
    };
    let inner = |(key, value): (&String, &Value)| {
        let inner = keys(value).into_iter().map(|one| format!("{key}.{one}"));
        std::iter::once(key.clone())
            .chain(inner)
            .collect::<Vec<_>>()
    };
    let mut keys: Vec<String> = object.iter().flat_map(inner).collect();
    keys.sort();
    keys
}

fn sample(event_type: OperationalEventType) -> OperationalEvent {
    let attempt = ToldAttempt {
        id: AttemptId::new(1, 0, 1, 1),
        message: MessageId::new(1, 0, 1, 1),
        event_id: None,
        status: None,
        at: 1,
    };
    match event_type {
        OperationalEventType::EndpointDisabled => {
            about().disabled(Some(DisabledReason::Gone), Some(1), AT)
        }
        OperationalEventType::AttemptExhausted
        | OperationalEventType::AttemptFailing
        | OperationalEventType::AttemptRecovered => about().attempt(event_type, &attempt, AT),
        _ => about().change(event_type, AT),
    }
}

#[test]
fn the_guide_has_a_sample_of_every_event_with_the_fields_that_are_sent() {
    let guide = include_str!("../../../../docs/operational-webhooks.md");
    let samples = guide.split("```json\n").skip(1);
    let samples = samples.map(|rest| rest.split("```").next().unwrap());
    let samples: Vec<Value> = samples
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    let told = OperationalEventType::ALL.into_iter();
    // Its data are those of the task.
    for one in told.filter(|one| *one != OperationalEventType::BackgroundTaskFinished) {
        let found = samples.iter().find(|sample| sample["type"] == one.as_str());
        let found = found.unwrap_or_else(|| panic!("no sample of {}", one.as_str()));
        let sent: Value = serde_json::from_str(&sample(one).payload).unwrap();
        assert_eq!(keys(found), keys(&sent), "{}", one.as_str());
    }
}

#[test]
fn events_of_one_occasion_have_different_ids_that_are_the_same_each_time() {
    let ids = OperationalEventType::ALL.map(|one| about().change(one, AT).id);
    let again = OperationalEventType::ALL.map(|one| about().change(one, AT).id);
    assert_eq!(ids, again);
    let different: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(different.len(), ids.len());
}

#[test]
fn a_delivery_is_failing_at_its_fourth_failure_and_recovers_after_it() {
    let told = told_of_attempt;
    assert_eq!(told(3, Outcome::Retry, true), None);
    assert_eq!(
        told(4, Outcome::Retry, true),
        Some(OperationalEventType::AttemptFailing)
    );
    assert_eq!(told(5, Outcome::Retry, true), None);
    assert_eq!(told(4, Outcome::Success, false), None);
    assert_eq!(
        told(5, Outcome::Success, false),
        Some(OperationalEventType::AttemptRecovered)
    );
    assert_eq!(
        told(1, Outcome::Exhausted, false),
        Some(OperationalEventType::AttemptExhausted)
    );
    assert_eq!(told(9, Outcome::Canceled, false), None);
}
