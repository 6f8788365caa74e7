//! One running node: store, directory, delivery and service, wired together.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use tidings_delivery::sender::{Sender, SenderSettings, SystemResolver};
use tidings_delivery::{Delivery, DeliveryParts, DeliverySettings};
use tidings_domain::address_policy::Policy;
use tidings_domain::clock::{Clock, Entropy, SystemClock, SystemEntropy};
use tidings_domain::sealed::Keyring;
use tidings_service::single_sign_on::SingleSignOn;
use tidings_service::{Parts, Service};
use tidings_store::directory::Directory;
use tidings_store::{Admission, Opened, Store};
use zeroize::Zeroizing;

use crate::commands::without_delivery::NoDelivery;
use crate::config::{Role, Settings};
use crate::engine::{Engine, Use};
use crate::master_key;

/// Idle connections kept to one host; several endpoints may share it.
const CONNECTIONS_PER_ORIGIN_MAX: usize = 512;

/// The parts of a running node.
pub(crate) struct Node {
    pub(crate) service: Arc<Service>,
    delivery: Arc<Delivery>,
    engine: Engine,
    /// What opening the journal found.
    pub(crate) opened: Opened,
}

impl Node {
    /// Opens the store, takes over what a crash has left, and starts to deliver.
    pub(crate) async fn start(settings: &Settings, listen: SocketAddr) -> anyhow::Result<Self> {
        let (clock, entropy) = system();
        let keyring = Arc::new(master_key::load(settings, entropy.as_ref())?);
        let engine = Engine::open(settings, Use::Serve).await?;
        let store = engine.store();
        let directory = Arc::new(Directory::new(store.clone(), keyring.clone()));
        directory.start().await?;
        master_key::check(store.as_ref(), &keyring).await?;
        let policy = Arc::new(policy(settings, listen));
        let node = format!("{}-{}", std::process::id(), entropy.id_tail());
        let delivery = Arc::new(Delivery::new(DeliveryParts {
            node: node.clone(),
            store: store.clone(),
            directory: directory.clone(),
            sender: sender(settings, policy.clone())?,
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings: delivery_settings(settings),
        }));
        engine.set_handover(delivery.clone());
        let opened = store.open_journal(node, clock.now_ms()).await?;
        delivery.start();
        let admission: Arc<dyn Admission> = delivery.clone();
        let mut service = service(
            store.clone(),
            directory,
            keyring,
            policy,
            admission,
            (clock, entropy),
            public_url(settings, listen),
        );
        if let Some(sign_on) = single_sign_on(settings)? {
            service = service.with_single_sign_on(sign_on, delivery.clone());
        }
        Ok(Self {
            service: Arc::new(service),
            delivery,
            engine,
            opened,
        })
    }

    /// Stops in good order: nothing is in memory only when this returns.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.delivery.drain().await;
        if let Err(error) = self.service.flush_last_used().await {
            tracing::warn!("When API keys were last used could not be kept: {error}");
        }
        if let Err(error) = self.service.flush_drift().await {
            tracing::warn!("How payloads differed from their schemas could not be kept: {error}");
        }
        self.engine
            .store()
            .close_journal()
            .await
            .context("the journal could not be closed")?;
        self.engine.close().await;
        Ok(())
    }
}

/// The use cases that need no delivery, beside a running server or without one.
pub(crate) async fn without_delivery(settings: &Settings) -> anyhow::Result<Service> {
    let (clock, entropy) = system();
    let keyring = Arc::new(master_key::load(settings, entropy.as_ref())?);
    let store = Engine::open(settings, Use::Configure).await?.store();
    let directory = Arc::new(Directory::new(store.clone(), keyring.clone()));
    let policy = Arc::new(policy(settings, settings.listen()));
    Ok(service(
        store,
        directory,
        keyring,
        policy,
        Arc::new(NoDelivery),
        (clock, entropy),
        public_url(settings, settings.listen()),
    ))
}

/// Single sign-on, if there is a provider.
fn single_sign_on(settings: &Settings) -> anyhow::Result<Option<SingleSignOn>> {
    if settings.oidc_issuer.is_empty() {
        return Ok(None);
    }
    if settings.oidc_client_id.is_empty() {
        anyhow::bail!(
            "oidc_issuer is set, so oidc_client_id has to be: as what the provider knows this server"
        );
    }
    let client_secret = match &settings.oidc_client_secret_file {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| {
                format!("the client secret in {} cannot be read", path.display())
            })?;
            Some(Zeroizing::new(text.trim().to_owned()))
        }
    };
    Ok(Some(SingleSignOn {
        issuer: settings.oidc_issuer.clone(),
        client_id: settings.oidc_client_id.clone(),
        client_secret,
        default_role: settings.oidc_default_role,
    }))
}

fn service(
    store: Arc<dyn Store>,
    directory: Arc<Directory>,
    keyring: Arc<Keyring>,
    policy: Arc<Policy>,
    admission: Arc<dyn Admission>,
    (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
    public_url: String,
) -> Service {
    Service::new(Parts {
        store,
        directory,
        keyring,
        clock,
        entropy,
        policy,
        admission,
        public_url,
    })
}

/// Where people reach this server: as the settings say, else where it listens. Who listens everywhere is reached
/// on this machine at least.
fn public_url(settings: &Settings, listen: SocketAddr) -> String {
    if let Some(url) = &settings.public_url {
        return url.clone();
    }
    if listen.ip().is_unspecified() {
        return format!("http://localhost:{}", listen.port());
    }
    format!("http://{listen}")
}

fn system() -> (Arc<dyn Clock>, Arc<dyn Entropy>) {
    (Arc::new(SystemClock), Arc::new(SystemEntropy))
}

/// What may be delivered to. `--dev` alone opens `http://` and loopback.
fn policy(settings: &Settings, listen: SocketAddr) -> Policy {
    let base = if settings.dev {
        Policy::development()
    } else {
        Policy::production()
    };
    Policy {
        nat64: settings.nat64,
        denied: settings.denied_addresses.clone(),
        allowed: settings.allowed_addresses.clone(),
        own_listeners: vec![listen],
        ..base
    }
}

fn sender(settings: &Settings, policy: Arc<Policy>) -> anyhow::Result<Sender> {
    let extra_roots_pem = match &settings.extra_ca_file {
        None => Vec::new(),
        Some(path) => std::fs::read(path)
            .with_context(|| format!("the certificates in {} cannot be read", path.display()))?,
    };
    let sender = SenderSettings {
        header_names: settings.webhook_headers,
        attempt_for_max: settings.attempt_timeout,
        resolve_for_max: settings.resolve_timeout,
        connect_for_max: settings.connect_timeout,
        idle_for_max: settings.idle_connection_timeout,
        idle_per_origin_max: CONNECTIONS_PER_ORIGIN_MAX,
        response_bytes_max: settings.response_bytes_max,
        extra_roots_pem,
        ..SenderSettings::default()
    };
    Ok(Sender::new(
        sender,
        policy,
        Arc::new(SystemResolver::new()),
    )?)
}

fn delivery_settings(settings: &Settings) -> DeliverySettings {
    DeliverySettings {
        delivers: settings.role != Role::Api,
        schedule: settings.retry_schedule.clone(),
        jitter_share: f64::from(settings.retry_jitter_percent) / 100.0,
        lane_requests_start: settings.lane_requests_start.min(settings.lane_requests_max),
        lane_requests_max: settings.lane_requests_max,
        lane_window: settings.lane_window,
        replay_pending_max: settings.replay_pending_max,
        window: settings.window,
        window_bytes: settings.window_bytes_max,
        admit_for_max: settings.admit_timeout,
        queued_for_max: settings.queue_timeout,
        breaker_rest: settings.breaker_rest,
        drain_for_max: settings.drain_timeout,
        kept_for: settings.retention,
        audit_kept_for: settings.audit_retention,
    }
}
