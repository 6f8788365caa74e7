//! HTTPS: what is trusted, what is not, and servers that do not get as far.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tidings_delivery::sender::{Sender, SenderSettings};
use tidings_domain::delivery::{AttemptError, Exchange};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::cases::cases;
use super::fixtures::{Draft, HOST, send, sender, settings};
use super::receiver::{Receiver, Reply, response};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(DnType::CommonName, "Test authority");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn params(host: &str) -> CertificateParams {
    CertificateParams::new(vec![host.to_owned()]).unwrap()
}

fn server(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}

/// A server whose certificate is signed by the authority.
fn signed(params: &CertificateParams, authority: &Authority) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    server(certificate.der().clone(), &key)
}

fn trusting(authority: &Authority) -> Sender {
    sender(SenderSettings {
        extra_roots_pem: authority.pem().into_bytes(),
        connect_for_max: Duration::from_secs(10),
        ..settings()
    })
}

fn url(port: u16) -> String {
    format!("https://{HOST}:{port}/")
}

/// Sends to an HTTPS receiver, which must not get a request unless it is trusted.
async fn exchange(config: Arc<ServerConfig>, sender: &Sender) -> Exchange {
    let receiver = Receiver::start_tls(config, |_| Reply::ok("")).await;
    let exchange = send(sender, &Draft::to(url(receiver.port())).ready()).await;
    let requests_count = usize::from(exchange.error.is_none());
    assert_eq!(receiver.requests().len(), requests_count);
    exchange
}

/// Sends to a server that answers the first bytes with these, whatever they are.
async fn exchange_raw(answer: &'static [u8]) -> Exchange {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        stream.write_all(answer).await.unwrap();
        // Stays open until the other side has had enough.
        while !matches!(stream.read(&mut [0; 4096]).await, Ok(0) | Err(_)) {}
    });
    let sender = sender(SenderSettings {
        connect_for_max: Duration::from_secs(1),
        ..settings()
    });
    let exchange = send(&sender, &Draft::to(url(port)).ready()).await;
    server.await.unwrap();
    exchange
}

cases! {
    expired_certificate = "tls:expired certificate" => {
        let authority = authority();
        let mut params = params(HOST);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        let exchange = exchange(signed(&params, &authority), &trusting(&authority)).await;
        assert_eq!(exchange.error, Some(AttemptError::Tls));
        assert!(exchange.error_detail.contains("expired"), "{}", exchange.error_detail);
    }
    self_signed_certificate = "tls:self-signed certificate" => {
        let key = KeyPair::generate().unwrap();
        let certificate = params(HOST).self_signed(&key).unwrap();
        let config = server(certificate.der().clone(), &key);
        let exchange = exchange(config, &trusting(&authority())).await;
        assert_eq!(exchange.error, Some(AttemptError::Tls));
    }
    untrusted_authority = "tls:untrusted CA" => {
        let config = signed(&params(HOST), &authority());
        let exchange = exchange(config, &sender(settings())).await;
        assert_eq!(exchange.error, Some(AttemptError::Tls));
        assert!(exchange.error_detail.contains("UnknownIssuer"), "{}", exchange.error_detail);
    }
    old_version = "tls:TLS 1.0 only" => {
        // What a server says that has no version in common: a fatal alert, protocol_version.
        let exchange = exchange_raw(b"\x15\x03\x01\0\x02\x02\x46").await;
        assert_eq!(exchange.error, Some(AttemptError::Tls));
        assert!(exchange.error_detail.contains("ProtocolVersion"), "{}", exchange.error_detail);
    }
    endless_handshake = "tls:handshake never finishes" => {
        let exchange = exchange_raw(b"").await;
        assert_eq!(exchange.error, Some(AttemptError::Timeout));
        assert!(exchange.error_detail.contains("in the TLS handshake"));
        assert!(exchange.phases.tls_us > 500_000);
    }
    plain_http = "tls:plain HTTP on 443" => {
        let exchange = exchange_raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        assert_eq!(exchange.error, Some(AttemptError::Tls));
        assert_eq!(exchange.status, None);
    }
}

#[tokio::test]
async fn a_trusted_server_gets_requests_on_one_connection() {
    let authority = authority();
    let config = signed(&params(HOST), &authority);
    let receiver = Receiver::start_tls(config, |_| Reply::ok("hello")).await;
    let sender = trusting(&authority);
    let target = Draft::to(url(receiver.port())).ready();
    for turn in 0..5 {
        let exchange = send(&sender, &target).await;
        assert_eq!(exchange.error, None, "{}", exchange.error_detail);
        assert_eq!(exchange.response, "hello");
        let phases = exchange.phases;
        assert_eq!(phases.tls_us > 0, turn == 0, "{phases:?}");
        assert_eq!(phases.connect_us > 0, turn == 0, "{phases:?}");
    }
    assert_eq!(receiver.connections_count(), 1);
}

#[tokio::test]
async fn a_closed_kept_connection_is_replaced() {
    let authority = authority();
    let config = signed(&params(HOST), &authority);
    let receiver = Receiver::start_tls(config, |_| Reply::Close(response("200 OK", &[], ""))).await;
    let sender = trusting(&authority);
    let target = Draft::to(url(receiver.port())).ready();
    for _ in 0..3 {
        let exchange = send(&sender, &target).await;
        assert_eq!(exchange.error, None, "{}", exchange.error_detail);
    }
    assert_eq!(receiver.requests().len(), 3);
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let authority = authority();
    let config = signed(&params("other.test-host.example"), &authority);
    let exchange = exchange(config, &trusting(&authority)).await;
    assert_eq!(exchange.error, Some(AttemptError::Tls));
}

#[tokio::test]
async fn an_address_needs_a_certificate_for_the_address() {
    let authority = authority();
    for (name, error) in [("127.0.0.1", None), (HOST, Some(AttemptError::Tls))] {
        let config = signed(&params(name), &authority);
        let receiver = Receiver::start_tls(config, |_| Reply::ok("")).await;
        let target = Draft::to(format!("https://127.0.0.1:{}/", receiver.port())).ready();
        let exchange = send(&trusting(&authority), &target).await;
        assert_eq!(exchange.error, error, "{name}: {}", exchange.error_detail);
    }
}

#[tokio::test]
async fn both_versions_of_tls_work() {
    let authority = authority();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let key = KeyPair::generate().unwrap();
        let certificate = params(HOST).signed_by(&key, &*authority).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let exchange = exchange(Arc::new(config), &trusting(&authority)).await;
        assert_eq!(exchange.error, None, "{version:?}");
    }
}

#[tokio::test]
async fn a_server_that_speaks_http_2_only_is_a_failure_of_tls() {
    let authority = authority();
    let mut config = Arc::unwrap_or_clone(signed(&params(HOST), &authority));
    config.alpn_protocols = vec![b"h2".to_vec()];
    let exchange = exchange(Arc::new(config), &trusting(&authority)).await;
    assert_eq!(exchange.error, Some(AttemptError::Tls));
}
