//! A certificate that a client shows in the TLS handshake (mutual TLS), as PEM.
//!
//! Here is only what the text alone tells. Whether the key belongs to the certificate, and until when that is
//! good, needs X.509 and a clock; the service looks at both when credentials are saved.

use serde::{Deserialize, Serialize};

use super::{Refused, RefusedCredentials};

/// Most bytes of a chain of certificates, and of the authorities.
pub const CHAIN_BYTES_MAX: usize = 32 * 1_024;
/// Most bytes of a private key.
pub const KEY_BYTES_MAX: usize = 16 * 1_024;

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// A certificate with its key (whoever keeps one wipes that), and whom to trust instead of the machine's authorities.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientCertificate {
    /// The certificate first, then those between it and its authority.
    pub certificate: String,
    /// Its key, without a passphrase.
    pub private_key: String,
    /// The only authorities that the receiver's own certificate may be from; none means the usual ones.
    pub ca: Option<String>,
}

impl ClientCertificate {
    pub(super) fn check(&self) -> Result<(), RefusedCredentials> {
        let refused = |kind, field, why: &str| {
            let why = why.to_owned();
            Err(RefusedCredentials { field, why, kind })
        };
        let chains = [
            ("certificate", Some(&self.certificate)),
            ("ca", self.ca.as_ref()),
        ];
        for (field, chain) in chains {
            let Some(chain) = chain else { continue };
            if chain.len() > CHAIN_BYTES_MAX {
                return refused(Refused::Length, field, "may have at most 32768 bytes");
            }
            if !chain.contains(CERTIFICATE) {
                let why =
                    "has no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----";
                return refused(Refused::Other, field, why);
            }
        }
        if self.private_key.len() > KEY_BYTES_MAX {
            return refused(
                Refused::Length,
                "privateKey",
                "may have at most 16384 bytes",
            );
        }
        if self.private_key.contains("ENCRYPTED") {
            let why = "has a passphrase; give it without one, it is kept sealed";
            return refused(Refused::Other, "privateKey", why);
        }
        if !self.private_key.contains("PRIVATE KEY-----") {
            let why = "has no private key in PEM form";
            return refused(Refused::Other, "privateKey", why);
        }
        Ok(())
    }

    /// How many bytes it takes as JSON, at most.
    pub(super) fn json_bytes(&self) -> usize {
        let texts = [&self.certificate, &self.private_key];
        let texts = texts.into_iter().chain(&self.ca);
        texts.map(|text| 2 * text.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate() -> ClientCertificate {
        ClientCertificate {
            certificate: format!("{CERTIFICATE}\nAAAA\n-----END CERTIFICATE-----\n"),
            private_key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
                .to_owned(),
            ca: None,
        }
    }

    #[test]
    fn each_part_is_pem_within_its_limits() {
        assert_eq!(certificate().check(), Ok(()));
        let refused = |change: &dyn Fn(&mut ClientCertificate)| {
            let mut certificate = certificate();
            change(&mut certificate);
            certificate.check().unwrap_err().field
        };
        assert_eq!(
            refused(&|it| it.certificate = "AAAA".to_owned()),
            "certificate"
        );
        assert_eq!(
            refused(&|it| it.certificate.push_str(&"\n".repeat(32_768))),
            "certificate"
        );
        assert_eq!(refused(&|it| it.ca = Some(String::new())), "ca");
        assert_eq!(
            refused(&|it| it.private_key.push_str(&"\n".repeat(16_384))),
            "privateKey"
        );
        assert_eq!(
            refused(&|it| it.private_key = it.certificate.clone()),
            "privateKey"
        );
        for sealed in [
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
        ] {
            assert_eq!(
                refused(&|it| it.private_key = sealed.to_owned()),
                "privateKey"
            );
        }
    }
}
