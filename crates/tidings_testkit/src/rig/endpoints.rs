//! Endpoints that misbehave, but not for ever: what they do with the first request of a delivery depends on
//! its id; every further request is taken.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use crate::chance::hash;
use crate::receiver::{Received, Receiver, Reply};

pub(super) fn misbehave(receiver: &Receiver) {
    let seen = Mutex::new(HashSet::new());
    receiver.rule(move |request| {
        let delivery = format!("{} {}", request.path, request.id());
        let is_first = seen.lock().unwrap().insert(delivery);
        if is_first { first(request) } else { 204.into() }
    });
}

fn first(request: &Received) -> Reply {
    match hash(&format!("{}{}", request.id(), request.path)) % 40 {
        0 | 1 => 500.into(),
        2 => Reply::Hang,
        3 => Reply::Reset,
        4 => Reply::with_header(503, "retry-after", "1"),
        5..=8 => Reply::After(Duration::from_millis(20), Box::new(204.into())),
        _ => 204.into(),
    }
}
