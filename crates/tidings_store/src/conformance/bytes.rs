//! What people and machines send is kept byte for byte.

use bytes::Bytes;
use tidings_domain::access::Role;
use tidings_domain::application::{ApiKeyRecord, ApplicationPatch, Metadata};
use tidings_domain::endpoint::EndpointPatch;
use tidings_domain::event_type::{EventTypePatch, Wording};
use tidings_domain::language::Language;

use super::Harness;
use super::world::{NOW, World, done, new_application};
use crate::{
    Accepted, EndpointUpdate, ListMessages, MessageReference, NewApplication, NewEndpoint,
    NewEventType, NewMessage, Order, Reference, SCAN_ROWS_MAX,
};

/// Texts that engines have been known to cut, fold or refuse.
const TEXTS: [&str; 8] = [
    "a\0b",
    "a\0c",
    "a",
    "A",
    "\0",
    "e\u{301}",
    "\u{e9}",
    "\u{1F989} \u{5E9}\u{5DC}\u{5D5}\u{5DD} \u{FFFE}\u{10FFFF} '; -- \"\\",
];

pub(super) async fn texts_of_messages_are_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let mut made = Vec::new();
    for text in TEXTS {
        let new = NewMessage {
            event_type: text.into(),
            event_id: Some(text.into()),
            channels: vec![text.into(), "x".into()],
            tags: vec![text.into()],
            ..world.to(&[])
        };
        let message = world.accept(new).await;
        assert_eq!(
            (message.event_type.as_str(), message.event_id.as_deref()),
            (text, Some(text))
        );
        assert_eq!(
            (message.channels[0].as_str(), message.tags[0].as_str()),
            (text, text)
        );
        made.push(message);
    }
    for (text, message) in TEXTS.iter().zip(made) {
        let reference = MessageReference::EventId((*text).into());
        let found = world
            .store()
            .message(world.app(), reference)
            .await
            .expect("a read");
        assert_eq!(found.as_ref(), Some(&*message));
        let list = |channel, tag, event_types| ListMessages {
            application: world.app(),
            order: Order::Ascending,
            after: None,
            limit: 100,
            read_max: SCAN_ROWS_MAX,
            channel,
            tag,
            event_types,
            from: None,
            to: None,
            with_payload: true,
        };
        let text = || Some((*text).to_owned());
        let lists = [
            list(text(), None, Vec::new()),
            list(None, text(), Vec::new()),
            list(None, None, text().into_iter().collect()),
        ];
        for list in lists {
            let page = world.store().messages(list).await.expect("a read");
            assert_eq!(page.rows, [(*message).clone()]);
        }
    }
}

pub(super) async fn texts_of_applications_are_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    for text in TEXTS {
        let metadata = Metadata::from([(text.to_owned(), text.to_owned())]);
        let new = NewApplication {
            uid: Some(text.into()),
            name: text.into(),
            metadata: metadata.clone(),
            ..new_application(world.environment, world.tail())
        };
        let made = done(store.create_application(new, None).await.expect("a write"));
        assert_eq!(
            (made.uid.as_deref(), made.name.as_str()),
            (Some(text), text)
        );
        assert_eq!(made.metadata, metadata);
    }
    for text in TEXTS {
        let by_uid = Reference::Uid(text.to_owned());
        let found = store.application(world.environment, by_uid).await;
        assert_eq!(found.expect("a read").expect("it is there").name, text);
    }
}

pub(super) async fn texts_of_endpoints_are_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    for text in TEXTS {
        let metadata = Metadata::from([(text.to_owned(), text.to_owned())]);
        let new = NewEndpoint {
            uid: Some(text.into()),
            description: text.into(),
            event_types: vec![text.into()],
            channels: vec![text.into()],
            metadata: metadata.clone(),
            ..world.new_endpoint()
        };
        let made = done(store.create_endpoint(new, None).await.expect("a write"));
        assert_eq!(
            (made.uid.as_deref(), made.description.as_str()),
            (Some(text), text)
        );
        assert_eq!(
            (made.event_types, made.channels),
            (vec![text.into()], vec![text.into()])
        );
        assert_eq!(made.metadata, metadata);
    }
    for text in TEXTS {
        let by_uid = Reference::Uid(text.to_owned());
        let found = store.endpoint(world.app(), by_uid).await;
        assert_eq!(
            found.expect("a read").expect("it is there").description,
            text
        );
    }
}

pub(super) async fn texts_of_event_types_are_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    for text in TEXTS {
        let new = NewEventType {
            environment: world.environment,
            name: text.into(),
            description: text.into(),
            is_archived: false,
            is_deprecated: false,
            schemas: Some(serde_json::json!({ text: text })),
            schema_policy: None,
            group_name: Some(text.into()),
            feature_flags: vec![text.into()],
            wording: Some(Wording {
                labels: [(Language::Pl, text.into())].into(),
                ..Wording::default()
            }),
            sample: None,
            created_at: NOW,
        };
        let made = done(
            store
                .create_event_type(new.clone(), None)
                .await
                .expect("a write"),
        );
        assert_eq!((made.name.as_str(), &made.schemas), (text, &new.schemas));
        assert_eq!(
            (made.group_name, made.feature_flags),
            (new.group_name, new.feature_flags)
        );
    }
    for text in TEXTS {
        let found = store.event_type(world.environment, text.into()).await;
        let found = found.expect("a read").expect("it is there");
        assert_eq!(found.description, text);
        assert_eq!(found.wording.labels[&Language::Pl], text);
    }
}

pub(super) async fn texts_of_changes_are_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let made = store.create_endpoint(world.new_endpoint(), None).await;
    let endpoint = done(made.expect("a write")).id.seq();
    for text in TEXTS {
        let metadata = Metadata::from([(text.to_owned(), text.to_owned())]);
        let patch = ApplicationPatch {
            uid: Some(Some(text.into())),
            name: Some(text.into()),
            metadata: Some(metadata.clone()),
            ..ApplicationPatch::default()
        };
        let written = store.update_application(world.app(), patch, NOW).await;
        done(written.expect("a write"));
        let found = store.application_by_ordinal(world.app()).await;
        let found = found.expect("a read").expect("it is there");
        assert_eq!(
            (found.uid.as_deref(), found.name.as_str()),
            (Some(text), text)
        );
        assert_eq!(found.metadata, metadata);

        let patch = EndpointPatch {
            uid: Some(Some(text.into())),
            url: Some(text.into()),
            description: Some(text.into()),
            metadata: Some(metadata.clone()),
            ..EndpointPatch::default()
        };
        let update = EndpointUpdate {
            ordinal: endpoint,
            patch,
            expected_version: None,
            now: NOW,
        };
        done(store.update_endpoint(update, None).await.expect("a write"));
        let found = store.endpoint_by_ordinal(endpoint).await;
        let found = found.expect("a read").expect("it is there");
        assert_eq!(
            (found.url.as_str(), found.description.as_str()),
            (text, text)
        );
        assert_eq!(
            (found.uid.as_deref(), found.metadata),
            (Some(text), metadata)
        );
    }
}

pub(super) async fn texts_of_changed_event_types_are_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    let new = NewEventType {
        environment: world.environment,
        name: "a".into(),
        description: String::new(),
        is_archived: false,
        is_deprecated: false,
        schemas: None,
        schema_policy: None,
        group_name: None,
        feature_flags: Vec::new(),
        wording: None,
        sample: None,
        created_at: NOW,
    };
    done(store.create_event_type(new, None).await.expect("a write"));
    for text in TEXTS {
        let patch = EventTypePatch {
            description: Some(text.into()),
            group_name: Some(Some(text.into())),
            schemas: Some(Some(serde_json::json!({ text: text }))),
            descriptions: Some([(Language::Fi, text.into())].into()),
            ..EventTypePatch::default()
        };
        let written = store.update_event_type(world.environment, "a".into(), patch, NOW);
        written.await.expect("a write");
        let found = store.event_type(world.environment, "a".into()).await;
        let found = found.expect("a read").expect("it is there");
        assert_eq!(
            (found.description.as_str(), found.group_name.as_deref()),
            (text, Some(text))
        );
        assert_eq!(found.schemas, Some(serde_json::json!({ text: text })));
        assert_eq!(found.wording.descriptions[&Language::Fi], text);
    }
}

pub(super) async fn names_of_environments_and_keys_are_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let store = world.store();
    for (ordinal, text) in (1..).zip(TEXTS) {
        let made = store.ensure_environment(text.into(), NOW).await;
        let made = made.expect("a write");
        let key = ApiKeyRecord {
            ordinal,
            environment: made.ordinal,
            name: text.into(),
            hash: [0; 32],
            created_at: NOW,
            last_used_at: None,
            revoked_at: None,
            role: Role::Admin,
            expires_at: None,
            old_hashes: Vec::new(),
            rate_limit: None,
        };
        store.create_api_key(key.clone()).await.expect("a write");
        assert_eq!(
            store.api_keys(made.ordinal).await,
            Ok(vec![key]),
            "{text:?}"
        );
    }
    let all = store.environments().await.expect("a read");
    for text in TEXTS {
        let same = all.iter().filter(|environment| environment.name == text);
        assert_eq!(same.count(), 1, "{text:?}");
    }
}

pub(super) async fn payloads_are_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let mut large = b"{\"x\":\"".to_vec();
    large.resize((1 << 20) - 2, b'y');
    large.extend(b"\"}");
    let payloads = [
        Bytes::from_static(b"{}"),
        Bytes::from_static(b""),
        Bytes::from_static(b" {\r\n\t\"b\" : 1.0e0, \"b\": 2, \"a\": \"\\u00e9\xC3\xA9\\/\" } "),
        Bytes::from_static(b"{\"n\": 12345678901234567890123456789, \"z\": -0}"),
        // Escapes that no text of an engine can hold: a payload is not read, so they are only bytes.
        Bytes::from_static(
            b"{\"\\u0000\": \"\\u0000\", \"a\": \"\\ud800\", \"b\": \"\\udfff\\ud800\"}",
        ),
        Bytes::from_static(b"\x00\xFF\x01 not even JSON"),
        Bytes::from(large),
    ];
    for payload in payloads {
        let message = world
            .accept(NewMessage {
                payload: payload.clone(),
                ..world.to(&[])
            })
            .await;
        assert!(message.payload == payload, "{} bytes", payload.len());
        let reference = MessageReference::Id(message.id);
        let found = world
            .store()
            .message(world.app(), reference)
            .await
            .expect("a read");
        assert!(
            found.expect("it is there").payload == payload,
            "{} bytes",
            payload.len()
        );
    }
}

pub(super) async fn responses_are_kept_exactly(harness: &dyn Harness) {
    let world = World::new(harness).await;
    let endpoint = world.endpoint().await;
    let message = world.accept(world.handed_to(&[&endpoint])).await;
    let all: Vec<u8> = (0..=255).collect();
    for response in [Vec::new(), vec![0], all.clone(), all.repeat(64)] {
        let mut settlement = world.success(&message, &endpoint);
        settlement.exchange.response = response.clone().into();
        settlement.exchange.response_headers = response.clone().into();
        settlement.exchange.request_headers = "x: \u{e9}\0".into();
        settlement.exchange.error_detail = "d\0\u{1F989}".into();
        settlement.exchange.url = "https://\0\u{e9}".into();
        world.settle(settlement).await;
        let exchange = world
            .attempts(&message)
            .await
            .pop()
            .expect("it is there")
            .attempt
            .exchange;
        assert_eq!(&exchange.response[..], &response[..]);
        assert_eq!(&exchange.response_headers[..], &response[..]);
        assert_eq!(exchange.request_headers, "x: \u{e9}\0");
        assert_eq!(exchange.error_detail, "d\0\u{1F989}");
        assert_eq!(exchange.url, "https://\0\u{e9}");
    }
}

pub(super) async fn event_ids_that_differ_in_one_byte_differ(harness: &dyn Harness) {
    let world = World::new(harness).await;
    for text in TEXTS {
        let new = || NewMessage {
            event_id: Some(text.into()),
            ..world.to(&[])
        };
        let first = world.accept(new()).await;
        let second = world.store().accept(new()).await;
        assert_eq!(second, Ok(Accepted::EventIdTaken(first.id)));
    }
}
