//! Every step about what is in messages and answers.

use tidings_domain::ids::AttemptId;
use tidings_domain::message::MessageOptions;
use tidings_store::NewMessage;

use super::{NOW, accept, message_key, new_message};
use crate::expunge;
use crate::step::Scope;

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
    expunge::attempt(scope, message_key(), AttemptId::new(NOW, 1, 1, 1)).unwrap();
}
