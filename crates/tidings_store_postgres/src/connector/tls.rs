//! TLS to the database, by rustls: as strict as `sslmode` asks, with channel binding where the server can.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use sha2::Digest as _;
use tidings_store::StoreError;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use super::address::{Encryption, Roots, TlsRules};

/// Makes encrypted connections.
#[derive(Clone)]
pub(crate) struct Tls(Arc<ClientConfig>);

impl Tls {
    /// Reads certificates, where files are named.
    pub(super) fn new(rules: &TlsRules) -> Result<Self, StoreError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = verifier(rules, &provider)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable("TLS cannot be set up", &error))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match (&rules.certificate, &rules.key) {
            (None, None) => builder.with_no_client_auth(),
            (Some(certificate), Some(key)) => {
                let chain = read_certificates(certificate)?;
                let read = PrivateKeyDer::from_pem_file(key);
                let why = format!("the key {} cannot be read (sslkey)", key.display());
                let key = read.map_err(|error| unusable(&why, &error))?;
                let config = builder.with_client_auth_cert(chain, key);
                config.map_err(|error| unusable("sslcert and sslkey do not fit", &error))?
            }
            _ => {
                return Err(StoreError::Unusable(
                    "the address of the database names one of sslcert and sslkey; it takes both"
                        .into(),
                ));
            }
        };
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

fn unusable(what: &str, why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unusable(format!("{what}: {why}"))
}

fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let what = || format!("the certificates in {} cannot be read", file.display());
    let found = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(&what(), &error))?;
    if found.is_empty() {
        return Err(unusable(&what(), &"there is none in it"));
    }
    Ok(found)
}

fn verifier(
    rules: &TlsRules,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, StoreError> {
    let is_full = rules.encryption == Encryption::VerifyHost;
    match (&rules.roots, rules.encryption) {
        (_, Encryption::Never | Encryption::IfOffered)
        | (Roots::Unnamed, Encryption::Always) => Ok(Arc::new(Anybody(provider.clone()))),
        (Roots::File(file), _) => {
            let verifier = by_authorities(file, provider)?;
            if is_full {
                Ok(verifier)
            } else {
                Ok(Arc::new(WhateverName(verifier)))
            }
        }
        (Roots::Unnamed | Roots::System, _) if is_full => {
            rustls_platform_verifier::Verifier::new(provider.clone())
                .map(|verifier| Arc::new(verifier) as Arc<dyn ServerCertVerifier>)
                .map_err(|error| {
                    let what = "this machine trusts no authority of certificates; name the database's \
                                with sslrootcert or `store_ca_file`";
                    unusable(what, &error)
                })
        }
        // Anybody can get a certificate of some name from a public authority.
        (Roots::Unnamed | Roots::System, _) => Err(StoreError::Unusable(
            "sslmode=verify-ca needs the authority's certificate: name its file with sslrootcert or \
             `store_ca_file`, or use sslmode=verify-full"
                .into(),
        )),
    }
}

fn by_authorities(
    file: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, StoreError> {
    let mut roots = RootCertStore::empty();
    let what = || format!("the certificates in {} cannot be used", file.display());
    for certificate in read_certificates(file)? {
        let added = roots.add(certificate);
        added.map_err(|error| unusable(&what(), &error))?;
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| unusable(&what(), &error))
}

/// `prefer` and `require`: encrypted, whoever it is.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// `verify-ca`: by a trusted authority, of whatever name.
#[derive(Debug)]
struct WhateverName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for WhateverName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self
            .0
            .verify_server_cert(certificate, between, name, ocsp, now);
        match verified {
            // The name is looked at last, so everything else was in order.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Encrypted;
    type TlsConnect = ToHost;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<ToHost> {
        Ok(ToHost {
            config: self.0.clone(),
            host: host.to_owned(),
        })
    }
}

/// One connection to be encrypted.
pub(crate) struct ToHost {
    config: Arc<ClientConfig>,
    host: String,
}

impl TlsConnect<Socket> for ToHost {
    type Stream = Encrypted;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let name = ServerName::try_from(self.host).map_err(io::Error::other)?;
            let stream = TlsConnector::from(self.config).connect(name, socket);
            Ok(Encrypted(stream.await?))
        })
    }
}

/// An encrypted connection.
pub(crate) struct Encrypted(tokio_rustls::client::TlsStream<Socket>);

impl TlsStream for Encrypted {
    fn channel_binding(&self) -> ChannelBinding {
        let (_, session) = self.0.get_ref();
        let certificate = session.peer_certificates().and_then(<[_]>::first);
        match certificate.and_then(|certificate| end_point(certificate)) {
            Some(hash) => ChannelBinding::tls_server_end_point(hash),
            None => ChannelBinding::none(),
        }
    }
}

/// The certificate's hash by its own algorithm (RFC 5929, 4.1); SHA-256 where that is a weaker one.
/// None where it is not defined, as for Ed25519.
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    /// The arcs of RSA's and of ECDSA's signature algorithms, without their last number.
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
    let (whole, _) = der(certificate)?;
    let (_, after_content) = der(whole)?;
    let (algorithm, _) = der(after_content)?;
    let (name, _) = der(algorithm)?;
    let (last, arc) = name.split_last()?;
    match (arc, last) {
        // MD5 and SHA-1 are replaced; 11 and 2 are SHA-256.
        (RSA, 4 | 5 | 11) | (ECDSA, 2) => Some(sha2::Sha256::digest(certificate).to_vec()),
        (RSA, 12) | (ECDSA, 3) => Some(sha2::Sha384::digest(certificate).to_vec()),
        (RSA, 13) | (ECDSA, 4) => Some(sha2::Sha512::digest(certificate).to_vec()),
        _ => None,
    }
}

/// The content of the first element, and what follows it.
fn der(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = bytes.get(1..)?.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let length = digits.iter().try_fold(0_usize, |length, digit| {
            length.checked_mul(256)?.checked_add(usize::from(*digit))
        })?;
        (length, rest)
    };
    rest.split_at_checked(length)
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_elements_are_taken_apart_and_short_ones_are_no_element() {
        assert_eq!(der(&[4, 2, 7, 8, 9]), Some((&[7, 8][..], &[9][..])));
        let mut long = vec![4, 0x82, 1, 0];
        long.extend([5; 256]);
        assert_eq!(
            der(&long).map(|(content, rest)| (content.len(), rest.len())),
            Some((256, 0))
        );
        for short in [&[][..], &[4], &[4, 3, 1, 1], &[4, 0x82, 1], &[4, 0x89, 1]] {
            assert_eq!(der(short), None, "{short:?}");
        }
    }
}
