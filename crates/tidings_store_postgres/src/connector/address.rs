//! The address of a database, read as libpq reads it.
//!
//! The driver knows most of it. What concerns certificates is taken out here before the driver sees it:
//! `sslmode` with all its meanings, `sslrootcert`, `sslcert` and `sslkey`.

use std::error::Error as _;
use std::path::PathBuf;

use tidings_store::StoreError;
use tokio_postgres::Config;

/// How much TLS is asked for: libpq's `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// `disable`
    Never,
    /// `prefer`: encrypted if the server offers it, whoever it is.
    IfOffered,
    /// `require`: encrypted, whoever it is; with authorities named, as `verify-ca`.
    Always,
    /// `verify-ca`: by a certificate of an authority that is trusted, of whatever name.
    VerifyAuthority,
    /// `verify-full`: and that certificate is the host's.
    VerifyHost,
}

/// Whose certificates are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// Nobody said.
    Unnamed,
    /// Those that the machine trusts: `sslrootcert=system`.
    System,
    /// Those in this file, and no others.
    File(PathBuf),
}

/// What the address says about TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TlsRules {
    pub(super) encryption: Encryption,
    pub(super) roots: Roots,
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
}

/// An address that can be read.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: TlsRules,
}

impl Address {
    /// Reads `postgres://…` or `host=… dbname=…`. Nothing of the text is shown: it may hold a password.
    pub(super) fn read(text: &str) -> Result<Self, StoreError> {
        let mut tls = TlsRules {
            encryption: Encryption::IfOffered,
            roots: Roots::Unnamed,
            certificate: None,
            key: None,
        };
        let mut rest = String::new();
        for (separator, part) in parts(text) {
            let taken = part.split_once('=').map(|(key, value)| {
                let value = decoded(value);
                tls.take(key, &value)
            });
            if !taken.transpose()?.unwrap_or(false) {
                // The first parameter that is left follows the question mark.
                let is_query = separator == "&" && !rest.contains('?');
                rest.push_str(if is_query { "?" } else { separator });
                rest.push_str(part);
            }
        }
        let config = rest.parse().map_err(|error: tokio_postgres::Error| {
            let why = error.source().map(ToString::to_string).unwrap_or_default();
            unreadable(&why)
        })?;
        Ok(Self { config, tls })
    }
}

impl TlsRules {
    /// Takes a parameter that is about certificates. False if it is the driver's.
    fn take(&mut self, key: &str, value: &str) -> Result<bool, StoreError> {
        match key {
            "sslmode" => self.encryption = encryption(value)?,
            "sslrootcert" if value == "system" => self.roots = Roots::System,
            "sslrootcert" => self.roots = Roots::File(value.into()),
            "sslcert" => self.certificate = Some(value.into()),
            "sslkey" => self.key = Some(value.into()),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn encryption(value: &str) -> Result<Encryption, StoreError> {
    match value {
        "disable" => Ok(Encryption::Never),
        "prefer" => Ok(Encryption::IfOffered),
        "require" => Ok(Encryption::Always),
        "verify-ca" => Ok(Encryption::VerifyAuthority),
        "verify-full" => Ok(Encryption::VerifyHost),
        _ => Err(unreadable(
            "sslmode takes disable, prefer, require, verify-ca or verify-full",
        )),
    }
}

fn unreadable(why: &str) -> StoreError {
    StoreError::Unusable(format!(
        "the address of the database cannot be read ({why}); it is \
         postgres://USER@HOST:PORT/DATABASE?sslmode=verify-full, with % codes for special characters"
    ))
}

/// The text before the parameters, then each parameter, with what stands before it.
fn parts(text: &str) -> Vec<(&'static str, &str)> {
    let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
    if !is_url {
        return text.split_inclusive(' ').map(|part| ("", part)).collect();
    }
    let after_password = text.find('@').unwrap_or(0);
    let Some(query) = text[after_password..].find('?') else {
        return vec![("", text)];
    };
    let (front, query) = text.split_at(after_password + query);
    let parameters = query[1..].split('&').filter(|part| !part.is_empty());
    std::iter::once(("", front))
        .chain(parameters.map(|part| ("&", part)))
        .collect()
}

fn decoded(value: &str) -> String {
    let value = value.trim_end_matches(' ').trim_matches('\'');
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        let hex = value.get(index + 1..index + 3);
        let code = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(code) if byte == b'%' => {
                out.push(code);
                index += 3;
            }
            _ => {
                out.push(byte);
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Address {
        Address::read(text).expect("an address")
    }

    #[test]
    fn what_is_about_certificates_is_read_and_the_rest_is_the_drivers() {
        let address = read(
            "postgres://me:p%40ss@db:6432/data?application_name=x&sslmode=verify-full&\
             sslrootcert=/etc/my%20ca.pem&connect_timeout=3",
        );
        assert_eq!(address.tls.encryption, Encryption::VerifyHost);
        assert_eq!(address.tls.roots, Roots::File("/etc/my ca.pem".into()));
        assert_eq!(address.config.get_password(), Some(&b"p@ss"[..]));
        assert_eq!(address.config.get_application_name(), Some("x"));
        assert_eq!(address.config.get_ports(), [6432]);
        let timeout = address.config.get_connect_timeout();
        assert_eq!(timeout, Some(&std::time::Duration::from_secs(3)));
    }

    #[test]
    fn the_first_parameter_may_be_ours_or_the_only_one() {
        let address = read("postgresql://db/data?sslmode=require&options=-c%20jit%3Doff");
        assert_eq!(address.tls.encryption, Encryption::Always);
        assert_eq!(address.config.get_options(), Some("-c jit=off"));
        assert_eq!(address.config.get_dbname(), Some("data"));
        let address = read("postgres://db/data?sslrootcert=system");
        assert_eq!(address.tls.roots, Roots::System);
        assert_eq!(address.tls.encryption, Encryption::IfOffered);
    }

    #[test]
    fn words_are_read_too() {
        let address = read("host=db sslmode=verify-ca sslrootcert='/a.pem' user=me dbname=data");
        assert_eq!(address.tls.encryption, Encryption::VerifyAuthority);
        assert_eq!(address.tls.roots, Roots::File("/a.pem".into()));
        assert_eq!(address.config.get_user(), Some("me"));
        assert_eq!(address.config.get_dbname(), Some("data"));
    }

    #[test]
    fn an_address_that_cannot_be_read_is_named_without_its_password() {
        for text in [
            "postgres://me:hush@db:port/data",
            "postgres://me:hush@db/data?sslmode=allow",
            "postgres://me:hush@db/data?nonsense=1",
        ] {
            let error = Address::read(text).expect_err("no address").to_string();
            assert!(error.contains("cannot be read ("), "{error}");
            assert!(!error.contains("hush"), "{error}");
        }
        let error = Address::read("postgres://db/data?passfil=1").expect_err("no address");
        assert!(error.to_string().contains("`passfil`"), "{error}");
    }
}
