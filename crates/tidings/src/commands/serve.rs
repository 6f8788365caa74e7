//! `tidings serve`: the server, from start to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tidings_service::Service;
use tokio::net::TcpListener;

use crate::cli::ServeArgs;
use crate::config::{Role, Settings};
use crate::lifecycle::{StopSignals, runtime};
use crate::node::Node;
use crate::server::{self, ServerSettings};
use crate::{output, telemetry};

/// When keys were last used is written this often.
const LAST_USED_EVERY: Duration = Duration::from_mins(1);
/// As often as it may be lost for, if the process is killed.
const DRIFT_EVERY: Duration = Duration::from_secs(1);
/// How often what goes through is noted.
const PULSE_EVERY: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<()> {
    let mut settings = super::load_settings(&args.data)?;
    if let Some(listen) = args.listen {
        settings.listen = Some(listen);
    }
    if let Some(role) = &args.role {
        settings.set("the command line", "role", role)?;
    }
    settings.dev |= args.dev;
    telemetry::start(&settings)?;
    raise_file_limit();
    runtime(settings.threads)?.block_on(serve(&settings))
}

/// Runs a server until it is told to stop.
async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let mut signals = StopSignals::listen()?;
    arm_faults(settings);
    let server = Server::start(settings).await?;
    report(settings, &server.node);
    output::line(format_args!("listening on http://{}", server.address));
    tell_how_to_set_up(settings, &server).await;

    let node = server.serve_until(signals.next()).await;
    tracing::info!("Stopping: no new work, requests under way may end");
    tokio::select! {
        stopped = node.stop() => {
            stopped?;
            tracing::info!("Stopped in good order");
        }
        () = signals.next() => tracing::warn!("Stopped at once; the next start recovers what was under way"),
    }
    Ok(())
}

/// While nobody is a member, the first owner is made with a code that only this console shows.
async fn tell_how_to_set_up(settings: &Settings, server: &Server) {
    if settings.role == Role::Worker {
        return;
    }
    // A store that cannot be read says so itself.
    let service = server.service();
    if let Ok(Some(code)) = service.set_up_code().await {
        let (url, code) = (service.public_url(), code.as_str());
        output::remark(format_args!(
            "Nobody is a member yet. The first owner is made, once, at \
             {url}/dashboard/set-up#code={code} or with the same code: \
             POST {url}/api/v1/member/set-up \
             {{\"code\": \"{code}\", \"email\": \"you@example.com\", \"password\": \"…\"}}"
        ));
    }
}

/// A node with an address that it listens on. It delivers already, and answers nobody yet.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    listener: TcpListener,
    node: Node,
    settings: Settings,
}

impl Server {
    /// Takes the address first, then the data, so that a port that is in use changes nothing.
    pub(crate) async fn start(settings: &Settings) -> anyhow::Result<Self> {
        let listener = server::bind(settings.listen()).await?;
        let address = listener.local_addr()?;
        Ok(Self {
            address,
            listener,
            node: Node::start(settings, address).await?,
            settings: settings.clone(),
        })
    }

    /// The use cases behind the API.
    pub(crate) fn service(&self) -> &Arc<Service> {
        &self.node.service
    }

    /// Answers until `stop` ends. The node goes on until it is stopped.
    pub(crate) async fn serve_until(self, stop: impl Future<Output = ()>) -> Node {
        let settings = &self.settings;
        let api = tidings_api::Settings {
            body_bytes_max: settings.ingest_bytes_max,
            answers_health_only: settings.role == Role::Worker,
            rate_limit: settings.api_rate_limit,
        };
        let pages = tidings_web::Settings {
            is_dev: settings.dev,
            open_api: tidings_api::open_api::document(),
        };
        let limits = ServerSettings {
            head_for_max: settings.request_head_timeout,
            body_for_max: settings.request_body_timeout,
        };
        let service = self.node.service.clone();
        let upkeep = [
            tokio::spawn(keep_last_used(service.clone())),
            tokio::spawn(keep_drift(service.clone())),
            tokio::spawn(keep_pulse(service.clone())),
        ];
        let api = tidings_api::app(service.clone(), api);
        let stop = async {
            stop.await;
            // Whoever watches the feed would keep the server from stopping.
            service.close_feeds();
        };
        let pages = tidings_web::router(pages, &settings.portal_origins, service.clone());
        server::serve(self.listener, api, pages, limits, stop).await;
        for task in upkeep {
            task.abort();
        }
        self.node
    }
}

fn report(settings: &Settings, node: &Node) {
    if settings.dev {
        tracing::warn!(
            "Development mode (--dev): http:// and loopback targets are allowed. Not for production"
        );
    }
    let opened = node.opened;
    if opened.taken_over > 0 {
        tracing::info!(
            journal.id = opened.journal,
            deliveries.recovered = opened.recovered,
            "Recovered {} deliveries that an earlier run had in hand",
            opened.recovered
        );
    }
}

async fn keep_last_used(service: Arc<Service>) {
    loop {
        tokio::time::sleep(LAST_USED_EVERY).await;
        if let Err(error) = service.flush_last_used().await {
            tracing::warn!("When API keys were last used could not be kept: {error}");
        }
    }
}

async fn keep_drift(service: Arc<Service>) {
    loop {
        tokio::time::sleep(DRIFT_EVERY).await;
        if let Err(error) = service.flush_drift().await {
            tracing::warn!("How payloads differed from their schemas could not be kept: {error}");
        }
    }
}

async fn keep_pulse(service: Arc<Service>) {
    loop {
        tokio::time::sleep(PULSE_EVERY).await;
        service.note_traffic();
    }
}

/// Connections need file descriptors: take as many as the system allows this process.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        let _ = setrlimit(Resource::Nofile, raised); // what there is will do
    }
}

#[cfg(feature = "faults")]
pub(super) fn arm_faults(settings: &Settings) {
    if let Some(point) = &settings.fault_point {
        tidings_store::faults::arm(point);
    }
}

#[cfg(not(feature = "faults"))]
pub(super) fn arm_faults(settings: &Settings) {
    if settings.fault_point.is_some() {
        tracing::warn!("TIDINGS_FAULT_POINT is set, and this build has no fault points");
    }
}
