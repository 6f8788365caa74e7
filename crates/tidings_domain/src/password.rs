//! Passwords of API users: what is allowed of them and of logins, and how a password is kept.
//!
//! People choose passwords, so what is kept is slow to compute: Argon2id with the parameters that OWASP
//! names, written in the usual form (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`), so that others can be
//! taken one day while old ones still verify.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::clock::Entropy;

/// Longest login in bytes.
pub const LOGIN_BYTES_MAX: usize = 128;
/// Shortest password in characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Longest password in bytes.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// About 20 ms.
const COST: Cost = Cost {
    memory_kib: 19 * 1_024,
    passes: 2,
    lanes: 1,
};
/// What a stored hash may ask of us at most, so that a row cannot stop the process.
const MEMORY_KIB_MAX: u32 = 256 * 1_024;
const PASSES_MAX: u32 = 16;

/// What it takes to compute a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// What the stored form of a password says.
struct Stored {
    cost: Cost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

/// Whether this may be the login of an API user.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_login(login: &str) -> Result<(), &'static str> {
    if !(1..=LOGIN_BYTES_MAX).contains(&login.len()) {
        return Err("must have 1 to 128 characters");
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@+".contains(&byte);
    if !login.bytes().all(is_allowed) {
        return Err("may only have letters, digits and - _ . @ +");
    }
    Ok(())
}

/// Whether this may be the password of an API user.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_password(password: &str) -> Result<(), &'static str> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err("must have at least 12 characters");
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err("may have at most 1024 bytes");
    }
    if password.contains(char::is_control) {
        return Err("may not have control characters");
    }
    Ok(())
}

/// A new login, which nobody could guess to be taken.
pub fn generate_login(entropy: &dyn Entropy) -> String {
    format!("user-{:012x}", entropy.id_tail())
}

/// A new password of 32 characters from 192 bits of chance.
pub fn generate_password(entropy: &dyn Entropy) -> Zeroizing<String> {
    let mut chance = Zeroizing::new([0; 24]);
    entropy.fill(chance.as_mut_slice());
    Zeroizing::new(URL_SAFE_NO_PAD.encode(chance.as_slice()))
}

/// What a store keeps of a password. Takes tens of milliseconds.
///
/// # Panics
/// Never: the parameters and the lengths are allowed ones.
pub fn hash(password: &str, entropy: &dyn Entropy) -> String {
    let mut salt = [0; SALT_BYTES];
    entropy.fill(&mut salt);
    let Cost {
        memory_kib,
        passes,
        lanes,
    } = COST;
    let hash = compute(password, &salt, COST).expect("these parameters are allowed");
    format!(
        "$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(hash)
    )
}

/// Whether this is the password that was hashed; false too for a hash that cannot be read. Takes as long
/// as hashing it.
pub fn verify(password: &str, stored: &str) -> bool {
    let Some(stored) = parse(stored) else {
        return false;
    };
    let hash = compute(password, &stored.salt, stored.cost);
    hash.is_some_and(|hash| hash.ct_eq(stored.hash.as_slice()).into())
}

/// What a check that succeeded is remembered by: nothing that anybody could find the password from who
/// has not the key.
///
/// # Panics
/// Never: HMAC takes keys of any length.
pub fn tag(key: &[u8; 32], stored: &str, password: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    // The stored form has no U+0000, so no two pairs look the same.
    mac.update(stored.as_bytes());
    mac.update(&[0]);
    mac.update(password.as_bytes());
    mac.finalize().into_bytes().into()
}

fn compute(password: &str, salt: &[u8], cost: Cost) -> Option<[u8; HASH_BYTES]> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(HASH_BYTES)).ok()?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut out = [0; HASH_BYTES];
    let computed = argon.hash_password_into(password.as_bytes(), salt, &mut out);
    computed.ok().map(|()| out)
}

fn parse(stored: &str) -> Option<Stored> {
    let rest = stored.strip_prefix("$argon2id$v=19$")?;
    let mut parts = rest.split('$');
    let (cost, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    let mut numbers = ["m=", "t=", "p="].into_iter().zip(cost.split(','));
    let mut number = || {
        let (name, text) = numbers.next()?;
        text.strip_prefix(name)?.parse::<u32>().ok()
    };
    let cost = Cost {
        memory_kib: number()?,
        passes: number()?,
        lanes: number()?,
    };
    let is_affordable =
        cost.memory_kib <= MEMORY_KIB_MAX && cost.passes <= PASSES_MAX && cost.lanes == 1;
    if parts.next().is_some() || !is_affordable {
        return None;
    }
    Some(Stored {
        cost,
        salt: STANDARD_NO_PAD.decode(salt).ok()?,
        hash: STANDARD_NO_PAD.decode(hash).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SeededEntropy;

    #[test]
    fn a_password_is_known_by_its_hash_and_no_other_is() {
        let entropy = SeededEntropy::new(1);
        let stored = hash("correct horse", &entropy);
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!stored.contains("horse"));
        assert!(verify("correct horse", &stored));
        assert!(!verify("correct horsf", &stored));
        assert!(!verify("", &stored));
        // Two of the same look different, so nobody sees that they are.
        assert_ne!(hash("correct horse", &entropy), stored);
    }

    #[test]
    fn a_hash_that_others_computed_verifies() {
        // By the reference implementation: argon2 -id -v 13 -t 2 -k 256 -p 1, "password", "somesalt".
        let stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ\
            $nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert!(verify("password", stored));
        assert!(!verify("passwort", stored));
    }

    #[test]
    fn a_hash_that_cannot_be_read_or_costs_too_much_verifies_nothing() {
        for stored in [
            "",
            "password",
            "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$nf65",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65$more",
        ] {
            assert!(!verify("password", stored), "{stored}");
        }
    }

    #[test]
    fn logins_and_passwords_have_their_limits() {
        for fine in ["a", "thulium-user_1.b@example.com", &"l".repeat(128)] {
            assert_eq!(check_login(fine), Ok(()));
        }
        for wrong in ["", "a:b", "a b", "ä", "a\n", &"l".repeat(129)] {
            assert!(check_login(wrong).is_err(), "{wrong}");
        }
        for fine in ["twelve chars", "zażółć gęślą", &"p".repeat(1_024)] {
            assert_eq!(check_password(fine), Ok(()));
        }
        for wrong in ["", "elevenchars", "twelve\tchars", &"p".repeat(1_025)] {
            assert!(check_password(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_made_here_is_allowed() {
        let entropy = SeededEntropy::new(3);
        assert_eq!(check_login(&generate_login(&entropy)), Ok(()));
        let password = generate_password(&entropy);
        assert_eq!(check_password(&password), Ok(()));
        assert_eq!(password.len(), 32);
        assert_ne!(*password, *generate_password(&entropy));
    }
}
