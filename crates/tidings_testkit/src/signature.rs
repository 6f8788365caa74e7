//! Checks signatures as a receiver would, with code that is not ours.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

use crate::receiver::Received;

/// How far a request's time may be from that of its receiver.
const TOLERANCE: Duration = Duration::from_mins(5);

/// Checks a request with the `standardwebhooks` crate (`whsec_…`), or its `v1a` signature with an Ed25519
/// public key (`whpk_…`).
///
/// # Errors
/// Says what is wrong.
pub fn verify(request: &Received, secret: &str) -> Result<(), String> {
    if let Some(public) = secret.strip_prefix("whpk_") {
        return verify_ed25519(request, public);
    }
    let webhook = standardwebhooks::Webhook::new(secret).map_err(|error| error.to_string())?;
    webhook
        .verify(&request.body, &request.headers)
        .map_err(|error| error.to_string())
}

/// The same for a request that came a while ago: its time must fit the time at which it came.
///
/// # Errors
/// Says what is wrong.
pub fn verify_as_it_came(request: &Received, secret: &str) -> Result<(), String> {
    let words = |error: &dyn std::error::Error| error.to_string();
    let sent_at = request.header("webhook-timestamp").parse::<i64>();
    let sent_at = sent_at.map_err(|error| words(&error))?;
    let arrived_at = request.arrived_on.duration_since(UNIX_EPOCH);
    let arrived_at = arrived_at.map_err(|error| words(&error))?.as_secs();
    if arrived_at.abs_diff(sent_at.unsigned_abs()) > TOLERANCE.as_secs() {
        return Err(format!("it came at {arrived_at} and says {sent_at}"));
    }
    let webhook = standardwebhooks::Webhook::new(secret).map_err(|error| words(&error))?;
    let expected = webhook.sign(request.id(), sent_at, &request.body);
    let expected = expected.map_err(|error| words(&error))?;
    let signatures = request.header("webhook-signature");
    if signatures.split(' ').any(|signature| signature == expected) {
        Ok(())
    } else {
        Err(format!("{signatures} is not {expected}"))
    }
}

fn verify_ed25519(request: &Received, public: &str) -> Result<(), String> {
    let bytes = STANDARD.decode(public).map_err(|error| error.to_string())?;
    let key = VerifyingKey::try_from(bytes.as_slice()).map_err(|error| error.to_string())?;
    let (id, timestamp) = (
        request.header("webhook-id"),
        request.header("webhook-timestamp"),
    );
    let mut signed = format!("{id}.{timestamp}.").into_bytes();
    signed.extend_from_slice(&request.body);
    let is_good = |encoded: &str| {
        let bytes = STANDARD.decode(encoded).ok()?;
        let signature = Signature::from_slice(&bytes).ok()?;
        key.verify(&signed, &signature).ok()
    };
    let signatures = request.header("webhook-signature");
    let mut ours = signatures
        .split(' ')
        .filter_map(|part| part.strip_prefix("v1a,"));
    match ours.find_map(is_good) {
        Some(()) => Ok(()),
        None => Err(format!("no v1a signature of {signatures} is good")),
    }
}
