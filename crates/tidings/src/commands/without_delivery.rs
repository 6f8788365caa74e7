//! Stands in for delivery where a command only changes the configuration.

use std::sync::Arc;

use tidings_domain::delivery::{AttemptError, Exchange, Trigger};
use tidings_domain::message::{Message, MessageKey};
use tidings_store::target::Target;
use tidings_store::{
    Admission, AdmitFuture, Forward, ForwardFuture, InHand, Permit, Settled, StoreError, TestFuture,
};
use tokio::sync::broadcast;

/// Has no places and sends nothing.
pub(crate) struct NoDelivery;

impl Admission for NoDelivery {
    fn try_admit(&self, _: &Arc<Target>, _: usize) -> Option<Permit> {
        None
    }

    fn admit<'a>(&'a self, _: &'a [Arc<Target>], _: usize) -> AdmitFuture<'a> {
        Box::pin(std::future::ready(Vec::new()))
    }

    fn try_test(&self) -> Option<Permit> {
        None
    }

    fn test(&self, _: Arc<Message>, _: Arc<Target>, _: Trigger, _: Permit) -> TestFuture<'_> {
        let why = "this command does not deliver";
        Box::pin(std::future::ready(Err(StoreError::Unavailable(why.into()))))
    }

    fn forward(&self, forward: Forward, _: Permit) -> ForwardFuture<'_> {
        Box::pin(std::future::ready(Exchange {
            url: forward.url,
            error: Some(AttemptError::Policy),
            error_detail: "this command does not deliver".to_owned(),
            ..Exchange::default()
        }))
    }

    fn is_held(&self, _: MessageKey, _: i64) -> bool {
        false
    }

    fn in_hand(&self, _: i64) -> InHand {
        InHand::default()
    }

    fn feed(&self) -> broadcast::Receiver<Arc<Settled>> {
        broadcast::Sender::new(1).subscribe()
    }
}
