//! What opens, where, and what does not.

use proptest::prelude::*;

use super::*;
use crate::clock::SeededEntropy;

const HERE: Context = Context {
    environment: 1,
    owner: 2,
    purpose: Purpose::SigningSecret,
};

fn ring(id: u32) -> Keyring {
    Keyring::new(
        MasterKey::generate(id, &SeededEntropy::new(u64::from(id))),
        Vec::new(),
    )
    .unwrap()
}

fn seal(ring: &Keyring, plain: &[u8]) -> Vec<u8> {
    ring.seal(&SeededEntropy::new(9), &HERE, plain)
}

proptest! {
    #[test]
    fn what_was_sealed_opens_in_its_place(plain in proptest::collection::vec(any::<u8>(), 0..200), environment: i64, owner: i64) {
        let context = Context { environment, owner, purpose: Purpose::Headers };
        let blob = ring(7).seal(&SeededEntropy::new(1), &context, &plain);
        prop_assert_eq!(blob.len(), plain.len() + OVERHEAD_BYTES);
        let opened = ring(7).open(&context, &blob).unwrap();
        prop_assert_eq!(&*opened, &plain);
    }

    #[test]
    fn a_changed_or_shortened_secret_does_not_open(place in 0..50_usize, bit in 0..8_u32, length in 0..50_usize) {
        let ring = ring(7);
        let blob = seal(&ring, b"plain");
        prop_assert_eq!(blob.len(), 50);
        let mut changed = blob.clone();
        changed[place] ^= 1 << bit;
        prop_assert!(ring.open(&HERE, &changed).is_err());
        prop_assert!(ring.open(&HERE, &blob[..length]).is_err());
    }

    #[test]
    fn any_bytes_open_or_give_an_error(blob in proptest::collection::vec(any::<u8>(), 0..100)) {
        let ring = ring(7);
        prop_assert!(ring.open(&HERE, &blob).is_err());
        let with_head = [&head(7), blob.as_slice()].concat();
        prop_assert_eq!(ring.open(&HERE, &with_head), Err(OpenError::Tampered));
    }
}

#[test]
fn a_secret_does_not_open_in_another_place() {
    let ring = ring(7);
    let blob = seal(&ring, b"plain");
    assert!(ring.open(&HERE, &blob).is_ok());
    let purposes = [Purpose::Headers, Purpose::Credentials, Purpose::ClientKey];
    let elsewhere = purposes.map(|purpose| Context { purpose, ..HERE });
    for context in [
        Context {
            environment: 2,
            ..HERE
        },
        Context { owner: 3, ..HERE },
        Context {
            environment: 2,
            owner: 1,
            ..HERE
        },
    ]
    .into_iter()
    .chain(elsewhere)
    {
        assert_eq!(
            ring.open(&context, &blob),
            Err(OpenError::Tampered),
            "{context:?}"
        );
    }
}

#[test]
fn an_older_key_still_opens_and_says_so() {
    let older = MasterKey::generate(1, &SeededEntropy::new(1));
    let newer = MasterKey::generate(2, &SeededEntropy::new(2));
    let before = Keyring::new(older.clone(), Vec::new()).unwrap();
    let after = Keyring::new(newer, vec![older]).unwrap();
    let blob = seal(&before, b"plain");
    assert_eq!(**after.open(&HERE, &blob).unwrap(), *b"plain");
    assert_eq!(
        (before.is_outdated(&blob), after.is_outdated(&blob)),
        (Ok(false), Ok(true))
    );
    let again = seal(&after, b"plain");
    assert_eq!(after.is_outdated(&again), Ok(false));
    assert_eq!(
        before.open(&HERE, &again),
        Err(OpenError::UnknownKey { id: 2 })
    );
}

#[test]
fn another_key_with_the_same_id_does_not_open() {
    let other = Keyring::new(MasterKey::generate(7, &SeededEntropy::new(99)), Vec::new()).unwrap();
    assert_eq!(
        other.open(&HERE, &seal(&ring(7), b"plain")),
        Err(OpenError::Tampered)
    );
}

#[test]
fn bytes_of_no_known_format_are_named_so() {
    assert_eq!(ring(7).open(&HERE, &[]), Err(OpenError::UnknownFormat));
    assert_eq!(ring(7).open(&HERE, &[2; 60]), Err(OpenError::UnknownFormat));
    assert_eq!(
        ring(7).is_outdated(b"whsec_"),
        Err(OpenError::UnknownFormat)
    );
    assert_eq!(ring(7).open(&HERE, &[1, 0, 0]), Err(OpenError::Tampered));
}

#[test]
fn the_stored_form_does_not_change() {
    let blob = seal(&ring(7), b"plain");
    assert_eq!(blob[..5], [1, 0, 0, 0, 7]);
    let entropy = SeededEntropy::new(9);
    let mut nonce = [0; NONCE_BYTES];
    entropy.fill(&mut nonce);
    assert_eq!(blob[5..29], nonce);
    assert_eq!(
        URL_SAFE_NO_PAD.encode(&blob[29..]),
        "2Xi7H4rOAsdxxWnwJgq2cJ1J2Nv8"
    );
}

#[test]
fn what_is_derived_is_the_same_each_time_and_found_with_an_older_key() {
    let key = |id| MasterKey::generate(id, &SeededEntropy::new(u64::from(id)));
    let before = Keyring::new(key(1), Vec::new()).unwrap();
    let after = Keyring::new(key(2), vec![key(1)]).unwrap();
    let first = before.derived("session 1".to_owned()).next().unwrap();
    assert_eq!(
        before.derived("session 1".to_owned()).next().unwrap(),
        first
    );
    assert_ne!(
        before.derived("session 2".to_owned()).next().unwrap(),
        first
    );
    let found: Vec<_> = after.derived("session 1".to_owned()).collect();
    assert_eq!(found.len(), 2);
    assert_ne!(found[0], first);
    assert_eq!(found[1], first);
}

#[test]
fn no_two_keys_of_a_ring_have_the_same_id() {
    let key = |id| MasterKey::generate(id, &SeededEntropy::new(1));
    assert_eq!(
        Keyring::new(key(1), vec![key(2), key(1)]).unwrap_err(),
        RepeatedKeyId { id: 1 }
    );
    assert_eq!(
        Keyring::new(key(1), vec![key(2), key(3), key(2)]).unwrap_err(),
        RepeatedKeyId { id: 2 }
    );
    assert!(Keyring::new(key(1), vec![key(2), key(3)]).is_ok());
}

#[test]
fn a_master_key_reads_back_as_it_was_written_and_never_shows_itself() {
    let key = MasterKey::generate(4_000_000_000, &SeededEntropy::new(1));
    let text = key.to_text();
    let read: MasterKey = text.parse().unwrap();
    assert_eq!((read.id(), &read.bytes), (key.id(), &key.bytes));
    assert_eq!(format!("{key:?}"), "MasterKey(4000000000, [REDACTED])");
    let encoded = "A".repeat(43);
    assert!(format!("tmk_0_{encoded}").parse::<MasterKey>().is_ok());
    for text in [
        String::new(),
        "tmk_".to_owned(),
        format!("tmk__{encoded}"),
        format!("tmk_+1_{encoded}"),
        format!("tmk_4294967296_{encoded}"),
        format!("tmk_1_{encoded}A"),
        format!("tmk_1_{encoded}="),
        format!("tmk_1_{}", "A".repeat(42)),
        format!("tmk_1_{}B", "A".repeat(42)),
        format!("tmk_1_{}+", "A".repeat(42)),
        format!("key_1_{encoded}"),
    ] {
        assert!(text.parse::<MasterKey>().is_err(), "{text}");
    }
}
