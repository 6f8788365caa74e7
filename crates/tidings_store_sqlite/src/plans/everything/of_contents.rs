//! Every step about what is in messages and answers, and who reads them.

use tidings_domain::ids::AttemptId;
use tidings_domain::message::MessageOptions;
use tidings_store::{
    ConsumerKey, MoveConsumer, NewMessage, Order, PageRequest, PollMessages, Reference, place_at,
};

use super::{NOW, accept, message_key, new_message};
use crate::step::Scope;
use crate::{endpoints, expunge, polling};

pub(super) fn run(scope: &mut Scope<'_>) {
    let options = MessageOptions {
        payload_until: Some(NOW + 1),
        ..MessageOptions::default()
    };
    let new = NewMessage {
        event_id: None,
        dedup: None,
        options: options.boxed(),
        ..new_message(vec![1])
    };
    accept(scope, new);
    expunge::expire(scope, NOW + 1, 9).unwrap();
    expunge::message(scope, message_key(), NOW).unwrap();
    run_polling(scope);
    expunge::attempt(scope, message_key(), AttemptId::new(NOW, 1, 1, 1)).unwrap();
}

fn run_polling(scope: &mut Scope<'_>) {
    let page = PageRequest {
        order: Order::Ascending,
        after: None,
        limit: 9,
    };
    polling::list(scope.connection, 1, page).unwrap();
    let endpoint = endpoints::by_ordinal(scope.connection, 1).unwrap().unwrap();
    polling::find(scope.connection, 1, &Reference::Id(endpoint.id)).unwrap();
    let poll = PollMessages {
        endpoint,
        after: place_at(NOW),
        limit: 9,
        event_type: None,
        channel: None,
    };
    polling::poll(scope.connection, &poll).unwrap();
    let step = MoveConsumer {
        consumer: ConsumerKey {
            application: 1,
            endpoint: 1,
            name: "a".into(),
        },
        to: place_at(NOW),
        may_go_back: false,
        now: NOW,
    };
    polling::move_to(scope, &step).unwrap();
}
