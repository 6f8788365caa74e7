//! New connections, through the guard.
//!
//! Every connection takes the same way: resolve (a literal address resolves to itself), ask the
//! policy about all answers, dial only what it gave back, compare who answered. Nothing between
//! the check and the dialling resolves again, so an answer cannot change in between.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use tidings_domain::address_policy::{Host, Policy};
use tidings_domain::delivery::AttemptError;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::SenderSettings;
use super::connection::Connection;
use super::failure::Failure;
use super::pool::Origin;
use super::record::{Record, Stage};
use super::resolver::Resolver;
use super::stream::Stream;

/// Opens connections that the policy allows.
pub(super) struct Connector {
    policy: Arc<Policy>,
    resolver: Arc<dyn Resolver>,
    tls: TlsConnector,
    resolve_for_max: Duration,
    connect_for_max: Duration,
}

impl Connector {
    pub(super) fn new(
        settings: &SenderSettings,
        policy: Arc<Policy>,
        resolver: Arc<dyn Resolver>,
        tls: Arc<ClientConfig>,
    ) -> Self {
        Self {
            policy,
            resolver,
            tls: TlsConnector::from(tls),
            resolve_for_max: settings.resolve_for_max,
            connect_for_max: settings.connect_for_max,
        }
    }

    /// A fresh connection to the origin.
    pub(super) async fn connect(
        &self,
        record: &mut Record,
        origin: &Origin,
    ) -> Result<Box<Connection>, Failure> {
        record.enter(Stage::Resolving);
        let answers = self.resolve(origin.host()).await?;
        let vetted = if origin.is_like_an_inbox() {
            self.policy
                .check_resolved_for_inbox(&answers, origin.port())
        } else {
            self.policy.check_resolved(&answers, origin.port())
        };
        let vetted = vetted.map_err(|refused| Failure::of_address(&refused))?;
        record.enter(Stage::Connecting);
        let open = self.open(record, origin, &vetted);
        match timeout(self.connect_for_max, open).await {
            Ok(result) => result,
            Err(_) => Err(Failure::connect_timeout(
                record.stage(),
                self.connect_for_max,
            )),
        }
    }

    async fn resolve(&self, host: &Host) -> Result<Vec<IpAddr>, Failure> {
        let name = match host {
            Host::V4(address) => return Ok(vec![IpAddr::V4(*address)]),
            Host::V6(address) => return Ok(vec![IpAddr::V6(*address)]),
            Host::Name(name) => name,
        };
        let limit = self.resolve_for_max;
        let why = match timeout(limit, self.resolver.resolve(name)).await {
            Ok(Ok(answers)) => return Ok(answers),
            Ok(Err(unresolved)) => unresolved.why,
            Err(_) => format!("no answer within {limit:?}"),
        };
        Err(Failure::new(
            AttemptError::Dns,
            format!("resolving {name}: {why}"),
        ))
    }

    async fn open(
        &self,
        record: &mut Record,
        origin: &Origin,
        vetted: &[SocketAddr],
    ) -> Result<Box<Connection>, Failure> {
        let stream = dial(record, vetted, self.connect_for_max).await?;
        let peer = confirm_peer(&stream, vetted)?;
        let stream = if origin.is_https() {
            record.enter(Stage::Handshaking);
            let name = origin.server_name().ok_or_else(|| {
                Failure::new(AttemptError::Tls, "no certificate can have this host name")
            })?;
            let own = origin.tls().map(|own| TlsConnector::from(Arc::clone(own)));
            let tls = own.as_ref().unwrap_or(&self.tls);
            let secured = tls.connect(name.clone(), stream).await;
            Stream::tls(secured.map_err(|error| Failure::of_handshake(&error))?)
        } else {
            Stream::plain(stream)
        };
        let connection = Connection::open(stream, peer).await;
        let connection =
            connection.map_err(|error| Failure::new(AttemptError::Protocol, error.to_string()))?;
        Ok(Box::new(connection))
    }
}

/// Tries the addresses in turn. Each may take its equal share of the time that is left, so that one
/// that never answers does not use up the others' turns.
async fn dial(
    record: &mut Record,
    vetted: &[SocketAddr],
    limit: Duration,
) -> Result<TcpStream, Failure> {
    let begin = Instant::now();
    let mut failure = Failure::new(AttemptError::Dns, "the name has no address");
    for (turns_left, address) in (1..=vetted.len()).rev().zip(vetted) {
        record.note_peer(address.ip());
        let turns_left = u32::try_from(turns_left).unwrap_or(u32::MAX);
        let share = limit.saturating_sub(begin.elapsed()) / turns_left;
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failure = Failure::of_dial(*address, &error),
            Err(_) => {
                let detail = format!("connecting to {address}: no answer within {share:?}");
                failure = Failure::new(AttemptError::Timeout, detail);
            }
        }
    }
    Err(failure)
}

/// Makes sure that the other end is one of the vetted addresses, and not this very socket (which
/// happens if a free port of this machine is dialled and becomes the near end as well).
fn confirm_peer(stream: &TcpStream, vetted: &[SocketAddr]) -> Result<IpAddr, Failure> {
    let broken = |error| Failure::new(AttemptError::Reset, format!("after connecting: {error}"));
    let peer = stream.peer_addr().map_err(broken)?;
    if !vetted.contains(&peer) {
        let detail = format!("the connection leads to {peer}, which was not checked");
        return Err(Failure::new(AttemptError::Policy, detail));
    }
    if stream.local_addr().map_err(broken)? == peer {
        let detail = format!("the connection to {peer} leads to itself");
        return Err(Failure::new(AttemptError::Unreachable, detail));
    }
    stream.set_nodelay(true).map_err(broken)?;
    Ok(peer.ip())
}
