//! A connection to the server that the user has named, plain or TLS.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http::uri::Authority;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// How long a connection may take to open, TLS included.
const CONNECT_FOR_MAX: Duration = Duration::from_secs(5);

/// A stream of bytes, plain or TLS.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Opens connections to one server.
pub(super) struct Connector {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Connector {
    /// For the server at this host and port.
    pub(super) fn new(authority: &Authority, is_https: bool) -> anyhow::Result<Self> {
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let tls = if is_https {
            let name = ServerName::try_from(host.clone());
            let name = name.with_context(|| format!("no certificate can be for {host}"))?;
            Some((tls()?, name))
        } else {
            None
        };
        let port_default = if is_https { 443 } else { 80 };
        let port = authority.port_u16().unwrap_or(port_default);
        Ok(Self { host, port, tls })
    }

    /// Sends one request on a connection of its own, which ends with the answer's body.
    pub(super) async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, String> {
        let opening = tokio::time::timeout(CONNECT_FOR_MAX, self.open()).await;
        let stream = opening
            .map_err(|_| format!("no connection within {} s", CONNECT_FOR_MAX.as_secs()))?
            .map_err(|error| error.to_string())?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        let answer = sender.send_request(request).await;
        answer.map_err(|error| error.to_string())
    }

    async fn open(&self) -> std::io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        Ok(match &self.tls {
            None => Box::new(stream),
            Some((tls, name)) => Box::new(tls.connect(name.clone(), stream).await?),
        })
    }
}

/// TLS with the machine's authorities.
fn tls() -> anyhow::Result<TlsConnector> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .context("TLS cannot be set up on this machine")?;
    Ok(TlsConnector::from(Arc::new(config.with_no_client_auth())))
}
