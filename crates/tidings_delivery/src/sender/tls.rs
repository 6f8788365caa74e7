//! The TLS set-up of outgoing connections: which versions, which authorities.
//!
//! Certificates are always verified; there is no switch. One configuration serves all connections but those of
//! endpoints with a certificate of their own, which the pool keeps apart.

use std::sync::Arc;

use rustls::client::{Resumption, VerifierBuilderError, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::Verifier;
use tidings_domain::credentials::certificate::ClientCertificate;

use super::SenderError;

/// How many servers' sessions are remembered for a shorter handshake.
const SESSIONS_MAX: usize = 1_024;

/// Whom everybody's connections trust: TLS 1.2 and 1.3 with the machine's authorities and the operator's extra ones.
///
/// A machine without authorities (an empty container image) falls back to Mozilla's list.
pub(super) struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<Verifier>,
    config: Arc<ClientConfig>,
}

impl Trust {
    pub(super) fn new(extra_roots_pem: &[u8]) -> Result<Self, SenderError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = Arc::new(verifier(read_pem(extra_roots_pem)?, &provider)?);
        let builder = begin(&provider).map_err(SenderError::Tls)?;
        let config = builder
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone())
            .with_no_client_auth();
        Ok(Self {
            provider,
            verifier,
            config: finish(config, SESSIONS_MAX),
        })
    }

    /// For everybody who has no certificate of his own.
    pub(super) fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    /// For one endpoint: shows its certificate to whoever asks, and trusts its authorities if it has any.
    pub(super) fn with_certificate(
        &self,
        own: &ClientCertificate,
    ) -> Result<Arc<ClientConfig>, UnusableCertificate> {
        let builder = begin(&self.provider)?.dangerous();
        let builder = match &own.ca {
            None => builder.with_custom_certificate_verifier(self.verifier.clone()),
            Some(ca) => {
                let mut roots = RootCertStore::empty();
                for root in CertificateDer::pem_slice_iter(ca.as_bytes()) {
                    roots.add(root?)?;
                }
                let (roots, provider) = (Arc::new(roots), Arc::clone(&self.provider));
                builder.with_custom_certificate_verifier(
                    WebPkiServerVerifier::builder_with_provider(roots, provider).build()?,
                )
            }
        };
        let chain = CertificateDer::pem_slice_iter(own.certificate.as_bytes());
        let chain = chain.collect::<Result<_, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(own.private_key.as_bytes())?;
        Ok(finish(builder.with_client_auth_cert(chain, key)?, 1))
    }
}

/// A certificate of an endpoint that cannot be shown to anybody; it was looked at when it was saved.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnusableCertificate {
    #[error("the certificate or the key is no PEM")]
    Pem(#[from] rustls::pki_types::pem::Error),
    #[error("the certificate cannot be used")]
    Tls(#[from] rustls::Error),
    #[error("the authorities cannot be used")]
    Authorities(#[from] VerifierBuilderError),
}

fn begin(
    provider: &Arc<CryptoProvider>,
) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    ClientConfig::builder_with_provider(Arc::clone(provider)).with_safe_default_protocol_versions()
}

/// HTTP/1.1 only, and so many servers' sessions remembered.
fn finish(mut config: ClientConfig, sessions_max: usize) -> Arc<ClientConfig> {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::in_memory_sessions(sessions_max);
    Arc::new(config)
}

fn verifier(
    mut extra: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Verifier, SenderError> {
    match Verifier::new(Arc::clone(provider)) {
        Ok(verifier) if extra.is_empty() => return Ok(verifier),
        Ok(_) => {}
        Err(error) => {
            tracing::warn!(
                tls.error = %error,
                "The machine has no root certificates, so Mozilla's are used: {error}"
            );
            extra.extend_from_slice(webpki_root_certs::TLS_SERVER_ROOT_CERTS);
        }
    }
    Verifier::new_with_extra_roots(extra, Arc::clone(provider)).map_err(|error| {
        SenderError::ExtraRoots {
            why: error.to_string(),
        }
    })
}

fn read_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SenderError> {
    let unreadable = |why: String| SenderError::ExtraRoots { why };
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(error.to_string()))?;
    if found.is_empty() && !pem.trim_ascii().is_empty() {
        return Err(unreadable("there is no certificate in it".to_owned()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_a_certificate_is_refused_and_nothing_is_fine() {
        assert!(Trust::new(b"").is_ok());
        for text in ["hello", "-----BEGIN CERTIFICATE-----\nAAAA\n"] {
            let error = Trust::new(text.as_bytes()).err().unwrap();
            assert!(matches!(error, SenderError::ExtraRoots { .. }), "{text}");
        }
    }
}
