//! Slots: a fixed number of parts into which a store that spreads over machines puts applications.
//!
//! The slot of an application is a part of its rows' keys, so it never changes, and this function never
//! does.

/// How many slots there are.
pub const COUNT: i16 = 1024;

/// The slot of the application with this number.
pub fn of(application: i64) -> i16 {
    // The last step of SplitMix64: each bit of the number moves each bit of the result.
    let mut mixed = application.cast_unsigned();
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    // Its last ten bits.
    let [low, high, ..] = mixed.to_le_bytes();
    i16::from_le_bytes([low, high & 0b11])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slot_of_an_application_is_what_it_always_was() {
        let slots: Vec<i16> = [0, 1, 2, 3, 1_000, 1_000_000, i64::MAX, -1]
            .into_iter()
            .map(of)
            .collect();
        assert_eq!(slots, [0, 485, 138, 240, 727, 854, 701, 379]);
    }

    #[test]
    fn applications_are_spread_over_all_slots() {
        let mut counts = vec![0_u32; 1024];
        for application in 1..=102_400 {
            counts[usize::try_from(of(application)).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (50..=160).contains(count)));
    }
}
