//! `tidings demo`: the whole path on one machine, from an event to a verified webhook, as five products
//! use it.
//!
//! Each product has a file; what they share is in `stage`. Anything that does not come as it should ends the
//! demo with an error.
//!
//! The server is the one that `tidings serve` runs, in development mode and on fresh data. All but the
//! environment and its key is made through the public API, and what is printed comes from the public
//! feed and from the receiver, which checks every signature by itself.

mod easy_lms;
mod event_insight;
mod folder;
mod inbox;
mod receiver;
mod stage;
mod thulium;
mod touch_chat;
mod watch;
mod wink;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context as _;
use tidings_service::keys::KeyDraft;
use tidings_service::{Caller, Service};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::client::Client;
use super::serve::Server;
use crate::cli::DemoArgs;
use crate::config::Settings;
use crate::lifecycle::{StopSignals, runtime};
use crate::node::Node;
use crate::{output, telemetry};
use folder::Folder;
use receiver::Receiver;
use stage::Stage;
use watch::Watch;

/// Short, so that a retry is seen.
const RETRY_SCHEDULE: &str = "1s,5s";
/// What the demo's environment is called.
const ENVIRONMENT: &str = "demo";

pub(crate) fn run(args: &DemoArgs) -> anyhow::Result<()> {
    let folder = Folder::make()?;
    let settings = settings(args, &folder)?;
    telemetry::start(&settings)?;
    runtime(settings.threads)?.block_on(demo(args, &settings))
}

/// The defaults, whatever the environment says: the demo is the same everywhere.
fn settings(args: &DemoArgs, folder: &Folder) -> anyhow::Result<Settings> {
    let mut settings = Settings::defaults();
    settings.listen = Some(args.listen);
    folder.path().clone_into(&mut settings.data);
    settings.dev = true;
    settings.set("the demo", "retry_schedule", RETRY_SCHEDULE)?;
    settings.set("the demo", "log", "warn")?;
    Ok(settings)
}

async fn demo(args: &DemoArgs, settings: &Settings) -> anyhow::Result<()> {
    let mut signals = StopSignals::listen()?;
    let server = Server::start(settings).await?;
    let running = Running::start(server, settings);
    let result = tokio::select! {
        result = show(args, &running) => result,
        () = signals.next() => Ok(()),
    };
    output::remark("stopping; the data folder is removed");
    let stopped = tokio::select! {
        stopped = running.stop() => stopped,
        () = signals.next() => Ok(()),
    };
    result.and(stopped)
}

async fn show(args: &DemoArgs, running: &Running) -> anyhow::Result<()> {
    let receiver = Receiver::start().await?;
    let key = make_key(&running.service).await?;
    let client = Client::new(&running.url, &key)?;
    let mut stage = Stage::set(&client).await?;
    running.introduce(&receiver, &stage);
    let stalker = wink::set(&mut stage, &receiver).await?;
    let mut watch = Watch::start(&client, &receiver, &stalker).await?;

    wink::show(&mut stage, &mut watch).await?;
    event_insight::show(&mut stage).await?;
    thulium::show(&mut stage).await?;
    easy_lms::show(&mut stage).await?;
    touch_chat::show(&mut stage).await?;
    let count = stage.inbox.close(&client).await?;
    output::line(format_args!(
        "\nAll of it arrived: ten bookings at the receiver and {count} requests in the inbox, and every \
         signature was verified."
    ));
    if args.exit {
        return Ok(());
    }
    // From now on: what has happened so far was told.
    let mut watch = Watch::start(&client, &receiver, &stalker).await?;
    running.tell_how_to_go_on(&key, &stage);
    watch.go_on().await;
    Ok(())
}

async fn make_key(service: &Service) -> anyhow::Result<String> {
    let environment = service.ensure_environment(ENVIRONMENT).await?;
    let draft = KeyDraft {
        name: "demo".to_owned(),
        ..KeyDraft::default()
    };
    let (key, _) = service
        .create_key(Caller::operator(environment.ordinal), draft)
        .await?;
    Ok(key.text().to_owned())
}

/// The server, while the demo goes on.
struct Running {
    url: String,
    folder: String,
    service: Arc<Service>,
    stop: CancellationToken,
    serving: JoinHandle<Node>,
}

impl Running {
    fn start(server: Server, settings: &Settings) -> Self {
        let stop = CancellationToken::new();
        Self {
            url: format!("http://{}", reachable(server.address)),
            folder: settings.data.display().to_string(),
            service: server.service().clone(),
            serving: tokio::spawn(server.serve_until(stop.clone().cancelled_owned())),
            stop,
        }
    }

    fn introduce(&self, receiver: &Receiver, stage: &Stage<'_>) {
        let (url, folder, hook) = (&self.url, &self.folder, receiver.url());
        let inbox = stage.inbox.url("");
        output::line(format_args!(
            "Tidings, from an event to a verified webhook, on this machine alone\n\n  \
             server    {url}  (development mode: http:// and loopback targets are allowed)\n  \
             data      {folder}  (removed at the end)\n  \
             receiver  {hook}  (in this program; verifies signatures by itself)\n  \
             inbox     {inbox}  (on the server; catches what all five products send)"
        ));
    }

    fn tell_how_to_go_on(&self, key: &str, stage: &Stage<'_>) {
        let (url, app) = (&self.url, stage::ACCOUNT_UID);
        let (inbox, school) = (stage.inbox.api_path(), easy_lms::SMALL_SCHOOL_UID);
        output::line(format_args!(
            "\nThe server goes on until Ctrl-C. What there is to see and to try:\n\n  \
             {url}/                    where a browser lands\n  \
             {url}/api/v1/app/{app}    the API; docs/api.md says what it can\n\n\
             Watch from another terminal:\n\n  \
             TIDINGS_URL={url} TIDINGS_TOKEN={key} tidings tail\n\n\
             Make a booking of your own:\n\n  \
             curl -sS {url}/api/v1/app/{app}/msg -H 'Authorization: Bearer {key}' \
             -H 'Content-Type: application/json' \
             -d '{{\"eventType\":\"booking.created\",\"payload\":{{\"event\":\"booking.created\"}}}}'\n\n\
             See what the inbox has caught:\n\n  \
             curl -sS {url}/api/v1{inbox}/request -H 'Authorization: Bearer {key}'\n\n\
             Give Small School the plan that it needs; its exam goes out within seconds:\n\n  \
             curl -sS -X PATCH {url}/api/v1/app/{school} -H 'Authorization: Bearer {key}' \
             -H 'Content-Type: application/json' -d '{{\"plan\":\"corporate\"}}'\n"
        ));
    }

    async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        let node = self.serving.await.context("the server has broken off")?;
        node.stop().await
    }
}

/// Where a client on this machine finds a server that listens there.
fn reachable(listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        ip if !ip.is_unspecified() => listen,
        IpAddr::V4(_) | IpAddr::V6(_) => (Ipv4Addr::LOCALHOST, listen.port()).into(),
    }
}
