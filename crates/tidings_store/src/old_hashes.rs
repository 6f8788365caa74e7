//! How the replaced texts of an API key are written into one column of bytes, the same in every store.

use tidings_domain::application::OldHash;

/// A hash and its end.
const BYTES: usize = 32 + 8;

/// The hashes one after another, each with its end.
pub fn old_hashes_to_bytes(hashes: &[OldHash]) -> Vec<u8> {
    let one = |old: &OldHash| [&old.hash[..], &old.ends_at.to_be_bytes()].concat();
    hashes.iter().flat_map(one).collect()
}

/// The inverse of [`old_hashes_to_bytes`]. None if the bytes were not made by it.
pub fn old_hashes_from_bytes(bytes: &[u8]) -> Option<Vec<OldHash>> {
    let (rows, rest) = bytes.as_chunks::<BYTES>();
    let read = |row: &[u8; BYTES]| {
        let (hash, ends_at) = row.split_at(32);
        Some(OldHash {
            hash: hash.try_into().ok()?,
            ends_at: i64::from_be_bytes(ends_at.try_into().ok()?),
        })
    };
    if rest.is_empty() {
        rows.iter().map(read).collect()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_read_back_with_their_ends_and_broken_bytes_do_not() {
        let old = |byte, ends_at| OldHash {
            hash: [byte; 32],
            ends_at,
        };
        let hashes = vec![old(1, 1_234), old(255, i64::MAX)];
        let bytes = old_hashes_to_bytes(&hashes);
        assert_eq!(old_hashes_from_bytes(&bytes), Some(hashes));
        assert_eq!(old_hashes_from_bytes(&[]), Some(Vec::new()));
        assert_eq!(old_hashes_from_bytes(&bytes[1..]), None);
    }
}
