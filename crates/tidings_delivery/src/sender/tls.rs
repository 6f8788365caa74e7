//! The TLS set-up of outgoing connections: which versions, which authorities.
//!
//! Certificates are always verified; there is no switch. Keep this file free of per-endpoint
//! choices: one configuration serves all connections, and the pool relies on that.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;

use super::SenderError;

/// How many servers' sessions are remembered for a shorter handshake.
const SESSIONS_MAX: usize = 1_024;

/// TLS 1.2 and 1.3 with the machine's authorities and the operator's extra ones, HTTP/1.1 only.
///
/// A machine without authorities (an empty container image) falls back to Mozilla's list.
pub(super) fn client_config(extra_roots_pem: &[u8]) -> Result<Arc<ClientConfig>, SenderError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = verifier(read_pem(extra_roots_pem)?, &provider)?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(SenderError::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::in_memory_sessions(SESSIONS_MAX);
    Ok(Arc::new(config))
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
        assert!(client_config(b"").is_ok());
        for text in ["hello", "-----BEGIN CERTIFICATE-----\nAAAA\n"] {
            let error = client_config(text.as_bytes()).unwrap_err();
            assert!(matches!(error, SenderError::ExtraRoots { .. }), "{text}");
        }
    }
}
