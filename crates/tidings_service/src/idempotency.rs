//! Idempotency keys: a caller that repeats a request gets the first answer, not a second effect.

use sha2::{Digest as _, Sha256};
use tidings_store::Dedup;

use crate::error::{FieldProblem, ServiceError};
use crate::keys::Caller;
use crate::limits::{IDEMPOTENCY_FOR_MS, IDEMPOTENCY_KEY_BYTES_MAX};
use crate::{Service, error};

/// A request that carries an idempotency key.
#[derive(Debug, Clone, Copy)]
pub struct KeyedRequest<'a> {
    /// The key as the caller sent it.
    pub key: &'a [u8],
    /// What is asked for: the path of the request.
    pub route: &'a str,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

impl Service {
    /// What the store remembers of a request with a key.
    pub fn dedup(
        &self,
        caller: Caller,
        request: KeyedRequest<'_>,
    ) -> Result<Dedup, error::ServiceError> {
        check_key(request.key)?;
        let mut scope = Sha256::new();
        scope.update(caller.environment.to_be_bytes());
        // The length keeps a route that ends like a key apart from a key that begins like a route.
        scope.update(request.route.len().to_be_bytes());
        scope.update(request.route);
        scope.update(request.key);
        Ok(Dedup {
            key: first_half(scope.finalize().into()),
            body: first_half(Sha256::digest(request.body).into()),
            expires_at: self.now() + IDEMPOTENCY_FOR_MS,
        })
    }
}

fn check_key(key: &[u8]) -> Result<(), ServiceError> {
    let has_length = (1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len());
    if has_length && key.iter().all(u8::is_ascii_graphic) {
        return Ok(());
    }
    Err(ServiceError::invalid(FieldProblem::at(
        &["header", "idempotency-key"],
        "an idempotency key has 1 to 256 visible ASCII characters",
    )))
}

fn first_half(hash: [u8; 32]) -> [u8; 16] {
    let (half, _) = hash.split_first_chunk().expect("32 bytes have a half");
    *half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_1_to_256_visible_characters() {
        assert!(check_key(b"").is_err());
        assert!(check_key(&[b'a'; 256]).is_ok());
        assert!(check_key(&[b'a'; 257]).is_err());
        assert!(check_key(b"two words").is_err());
        assert!(check_key("caf\u{e9}".as_bytes()).is_err());
        assert!(check_key(b"auto_3f0c-!~").is_ok());
    }
}
