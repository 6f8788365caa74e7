//! Parts of pages that follow what happens: server-sent events, made once and shared by all who watch the same.
//!
//! What is watched has a source, a future that publishes the part as HTML whenever it has changed. It is started by the
//! first who watches and dropped when the last has gone, so what nobody looks at costs nothing. A watcher who is slow gets
//! the newest and not everything. A stream ends with the session that it is for, and with the server. In a page,
//! `data-live` names the address of its stream; `live.js` puts in what comes.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::hash::Hash;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use crate::errors::Fault;

/// How many may watch at once, whatever they watch: each holds a connection.
const WATCHERS_MAX: usize = 1_000;
/// How often it is asked whether somebody may watch still; the answer is also what keeps a quiet connection alive.
const ASK_EVERY: Duration = Duration::from_secs(15);

/// Everything of one kind that is watched, by what it is called.
pub(crate) struct Live<K> {
    watched: Mutex<HashMap<K, watch::Sender<Bytes>>>,
    places: Arc<Semaphore>,
    closing: watch::Receiver<bool>,
}

/// Where a source puts what it makes.
pub(crate) struct Publisher(watch::Sender<Bytes>);

impl Publisher {
    /// The part as it is now; nothing is sent if it is as before.
    pub(crate) fn publish(&self, html: &str) {
        let event = event(html);
        self.0.send_if_modified(|before| {
            let is_new = *before != event;
            *before = event;
            is_new
        });
    }
}

/// Whether a session may watch still.
pub(crate) type Asked = Pin<Box<dyn Future<Output = bool> + Send>>;

struct Watcher<A> {
    receiver: watch::Receiver<Bytes>,
    may_watch: A,
    ask_at: Instant,
    has_begun: bool,
    /// Its place, given back at the end.
    _place: OwnedSemaphorePermit,
}

impl<K: Eq + Hash + Clone + Send + 'static> Live<K> {
    /// Nothing is watched yet. Every stream ends once `closing` says so.
    pub(crate) fn new(closing: watch::Receiver<bool>) -> Arc<Self> {
        Arc::new(Self {
            watched: Mutex::default(),
            places: Arc::new(Semaphore::new(WATCHERS_MAX)),
            closing,
        })
    }

    /// A stream of what is called so. `source` makes it, if nobody watches it yet; `may_watch` is asked every so often
    /// whether the stream may go on.
    pub(crate) fn watch<S, A>(
        self: &Arc<Self>,
        key: K,
        source: impl FnOnce(Publisher) -> S,
        may_watch: A,
    ) -> Result<Response, Fault>
    where
        S: Future<Output = ()> + Send + 'static,
        A: Fn() -> Asked + Send + 'static,
    {
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Fault::Busy)?;
        let receiver = {
            let mut watched = self.lock();
            if let Some(sender) = watched.get(&key) {
                sender.subscribe()
            } else {
                let (sender, receiver) = watch::channel(Bytes::new());
                watched.insert(key.clone(), sender.clone());
                let source = source(Publisher(sender.clone()));
                tokio::spawn(run(self.clone(), key, sender, source));
                receiver
            }
        };
        let watcher = Watcher {
            receiver,
            may_watch,
            ask_at: Instant::now() + ASK_EVERY,
            has_begun: false,
            _place: place,
        };
        let mut response = Response::new(Body::from_stream(stream::unfold(watcher, next)));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }

    /// How many different things are watched.
    #[cfg(test)]
    fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, watch::Sender<Bytes>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a source going for as long as somebody watches.
async fn run<K: Eq + Hash>(
    live: Arc<Live<K>>,
    key: K,
    sender: watch::Sender<Bytes>,
    source: impl Future<Output = ()>,
) {
    let mut source = pin!(source);
    let mut closing = live.closing.clone();
    let unlock = || live.watched.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        tokio::select! {
            () = &mut source => break,
            _ = closing.wait_for(|closing| *closing) => break,
            () = sender.closed() => {
                let mut watched = unlock();
                // Somebody may have come in the meantime; nobody can while this is locked.
                if sender.receiver_count() == 0 {
                    watched.remove(&key);
                    return;
                }
            }
        }
    }
    unlock().remove(&key);
}

/// What a watcher gets next; nothing ends the stream.
async fn next<A: Fn() -> Asked>(
    mut watcher: Watcher<A>,
) -> Option<(Result<Bytes, Infallible>, Watcher<A>)> {
    if !watcher.has_begun {
        // Goes out at once, so that the page knows that it is connected.
        watcher.has_begun = true;
        if !watcher.receiver.borrow().is_empty() {
            watcher.receiver.mark_changed();
        }
        return Some((Ok(Bytes::from_static(b": open\n\n")), watcher));
    }
    let changed = tokio::time::timeout_at(watcher.ask_at, watcher.receiver.changed());
    match changed.await {
        Ok(Ok(())) => {
            let event = watcher.receiver.borrow_and_update().clone();
            Some((Ok(event), watcher))
        }
        Ok(Err(_)) => None,
        Err(_) => {
            watcher.ask_at = Instant::now() + ASK_EVERY;
            let may_watch = (watcher.may_watch)().await;
            may_watch.then(|| (Ok(Bytes::from_static(b": still here\n\n")), watcher))
        }
    }
}

fn event(html: &str) -> Bytes {
    let mut text = String::with_capacity(html.len() + 64);
    for line in html.lines().filter(|line| !line.trim().is_empty()) {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    Bytes::from(text)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use tokio::sync::Notify;

    use super::*;

    fn yes() -> Asked {
        Box::pin(std::future::ready(true))
    }

    fn no() -> Asked {
        Box::pin(std::future::ready(false))
    }

    async fn read(response: &mut Response) -> Option<String> {
        let frame = response.body_mut().frame().await?.unwrap();
        let bytes = frame.into_data().unwrap();
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A source that publishes one text and then another, once it is told to.
    async fn source(publisher: Publisher, go_on: Arc<Notify>) {
        publisher.publish("<b>one</b>\n\n<i>line</i>");
        go_on.notified().await;
        publisher.publish("two");
        std::future::pending::<()>().await;
    }

    #[tokio::test]
    async fn all_who_watch_the_same_share_one_source() {
        let (closing, closed) = watch::channel(false);
        let live = Live::new(closed);
        let go_on = Arc::new(Notify::new());
        let watch = |go_on: &Arc<Notify>| {
            let go_on = go_on.clone();
            live.watch("a", |publisher| source(publisher, go_on), yes)
                .unwrap()
        };
        let mut watchers = [watch(&go_on), watch(&go_on)];
        assert_eq!(live.count(), 1);
        for watcher in &mut watchers {
            assert_eq!(read(watcher).await.unwrap(), ": open\n\n");
            let event = read(watcher).await.unwrap();
            assert_eq!(event, "data: <b>one</b>\ndata: <i>line</i>\n\n");
        }
        go_on.notify_one();
        for watcher in &mut watchers {
            assert_eq!(read(watcher).await.unwrap(), "data: two\n\n");
        }
        // Who comes later sees how it is now.
        let mut late = watch(&go_on);
        assert_eq!(read(&mut late).await.unwrap(), ": open\n\n");
        assert_eq!(read(&mut late).await.unwrap(), "data: two\n\n");
        closing.send_replace(true);
        assert_eq!(read(&mut late).await, None);
    }

    #[tokio::test]
    async fn what_nobody_watches_any_more_is_not_made() {
        let (_closing, closed) = watch::channel(false);
        let live = Live::new(closed);
        let (sender, mut dropped) = tokio::sync::mpsc::channel::<()>(1);
        let source = |publisher: Publisher| async move {
            let (_publisher, _sender) = (publisher, sender);
            std::future::pending::<()>().await;
        };
        let watcher = live.watch(1, source, yes).unwrap();
        assert_eq!(live.count(), 1);
        drop(watcher);
        assert_eq!(dropped.recv().await, None);
        assert_eq!(live.count(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_ends_with_its_session_and_others_go_on() {
        let (_closing, closed) = watch::channel(false);
        let live = Live::new(closed);
        let quiet = |_| std::future::pending();
        let mut ended = live.watch(1, quiet, no).unwrap();
        let mut other = live.watch(1, quiet, yes).unwrap();
        assert_eq!(read(&mut ended).await.unwrap(), ": open\n\n");
        assert_eq!(read(&mut ended).await, None);
        assert_eq!(read(&mut other).await.unwrap(), ": open\n\n");
        assert_eq!(read(&mut other).await.unwrap(), ": still here\n\n");
    }

    #[tokio::test]
    async fn there_are_so_many_places_and_no_more() {
        let (_closing, closed) = watch::channel(false);
        let live = Live::new(closed);
        let watch = |number: usize| live.watch(number % 7, |_| std::future::pending(), yes);
        let mut watchers: Vec<_> = (0..WATCHERS_MAX)
            .map(|number| watch(number).unwrap())
            .collect();
        assert_eq!(watch(0).unwrap_err(), Fault::Busy);
        watchers.pop();
        assert!(watch(0).is_ok());
    }
}
