//! Client certificates looked at before they are saved, and what is shown of them.
//!
//! What is wrong with one is said here, to whoever gives it, and not days later in the attempts of an endpoint.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};
use tidings_domain::clock::Millis;
use tidings_domain::credentials::certificate::ClientCertificate;
use x509_parser::parse_x509_certificate;

use crate::error::{FieldProblem, Problems};

/// What is shown of a client certificate beside its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCertificate {
    /// Whose it is.
    pub subject: String,
    /// When it ends.
    pub not_after: Millis,
    /// SHA-256 of it, in hexadecimal digits with colons between.
    pub fingerprint: String,
}

impl ShownCertificate {
    /// Of the first certificate in a text; none if there is none that can be read.
    pub fn of(pem: &str) -> Option<Self> {
        let certificate = read_chain(pem)?.into_iter().next()?;
        let (_, parsed) = parse_x509_certificate(&certificate).ok()?;
        let digest = Sha256::digest(&certificate);
        let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        Some(Self {
            subject: parsed.subject().to_string(),
            not_after: parsed
                .validity()
                .not_after
                .timestamp()
                .saturating_mul(1_000),
            fingerprint: digits.join(":"),
        })
    }
}

/// Certificates in a text; none if one of them is no PEM or there is none.
fn read_chain(pem: &str) -> Option<Vec<CertificateDer<'static>>> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    chain.ok().filter(|chain| !chain.is_empty())
}

/// Notes what is wrong with a certificate that is to be saved now.
pub(super) fn check(certificate: &ClientCertificate, now: Millis, problems: &mut Problems) {
    let refused = check_pair(certificate, now).or_else(|| check_authorities(certificate));
    if let Some((field, why)) = refused {
        problems.push(FieldProblem::body(field, why));
    }
}

fn check_pair(certificate: &ClientCertificate, now: Millis) -> Option<(&'static str, String)> {
    let unreadable = || {
        Some((
            "certificate",
            "is not a chain of X.509 certificates".to_owned(),
        ))
    };
    let Some(chain) = read_chain(&certificate.certificate) else {
        return unreadable();
    };
    let Some(shown) = ShownCertificate::of(&certificate.certificate) else {
        return unreadable();
    };
    if shown.not_after <= now {
        let at = jiff::Timestamp::from_millisecond(shown.not_after).unwrap_or_default();
        let why = format!("has expired on {at}; give one that is still good");
        return Some(("certificate", why));
    }
    let Ok(key) = PrivateKeyDer::from_pem_slice(certificate.private_key.as_bytes()) else {
        return Some(("privateKey", "is not a private key in PEM form".to_owned()));
    };
    match CertifiedKey::from_der(chain, key, &provider()) {
        Ok(_) => None,
        Err(rustls::Error::InconsistentKeys(_)) => {
            let why = "is not the key of the certificate";
            Some(("privateKey", why.to_owned()))
        }
        // The text of the error could say something of the key.
        Err(_) => {
            let why = "is of a kind that cannot be used; RSA from 2048 bits, ECDSA on P-256, P-384 or P-521, and Ed25519 can";
            Some(("privateKey", why.to_owned()))
        }
    }
}

fn check_authorities(certificate: &ClientCertificate) -> Option<(&'static str, String)> {
    let ca = certificate.ca.as_deref()?;
    let Some(chain) = read_chain(ca) else {
        return Some(("ca", "is not a list of X.509 certificates".to_owned()));
    };
    let mut roots = RootCertStore::empty();
    let added = chain.into_iter().try_for_each(|root| roots.add(root));
    let why = |error| format!("has a certificate that cannot be an authority: {error}");
    added.err().map(|error| ("ca", why(error)))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    use super::*;

    /// 2026-01-01.
    const NOW: Millis = 1_767_225_600_000;

    fn made(year: i32) -> ClientCertificate {
        let mut params = CertificateParams::new(vec!["client.example".to_owned()]).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, "Tidings client");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        ClientCertificate {
            certificate: certificate.pem(),
            private_key: key.serialize_pem(),
            ca: Some(certificate.pem()),
        }
    }

    fn refused(certificate: &ClientCertificate) -> Option<(String, String)> {
        let mut problems = Problems::default();
        check(certificate, NOW, &mut problems);
        let error = problems.finish().err()?;
        let text = format!("{error:?}");
        let field = ["certificate", "privateKey", "ca"]
            .into_iter()
            .find(|field| text.contains(&format!("\"{field}\"")))?;
        Some((field.to_owned(), text))
    }

    #[test]
    fn a_certificate_with_its_key_is_taken_and_shown() {
        let certificate = made(2030);
        assert_eq!(refused(&certificate), None);
        let shown = ShownCertificate::of(&certificate.certificate).unwrap();
        assert!(
            shown.subject.contains("CN=Tidings client"),
            "{}",
            shown.subject
        );
        assert_eq!(shown.not_after, 1_893_456_000_000);
        assert_eq!(shown.fingerprint.len(), 95);
    }

    #[test]
    fn what_does_not_fit_is_refused_by_its_name() {
        let field = |certificate: &ClientCertificate| refused(certificate).unwrap().0;
        let good = made(2030);
        let (why_field, why) = refused(&made(2025)).unwrap();
        assert_eq!(why_field, "certificate");
        assert!(why.contains("2025-01-01"), "{why}");
        let mut other = good.clone();
        other.private_key = made(2030).private_key.clone();
        let (other_field, other_why) = refused(&other).unwrap();
        assert_eq!(other_field, "privateKey");
        assert!(
            other_why.contains("not the key of the certificate"),
            "{other_why}"
        );
        let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let mut broken = good.clone();
        broken.certificate = nonsense.to_owned();
        assert_eq!(field(&broken), "certificate");
        let mut broken = good.clone();
        broken.ca = Some(nonsense.to_owned());
        assert_eq!(field(&broken), "ca");
        let mut broken = good.clone();
        broken.private_key =
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".to_owned();
        assert_eq!(field(&broken), "privateKey");
    }
}
