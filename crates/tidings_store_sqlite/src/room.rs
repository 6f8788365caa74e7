//! How much room the disk has, looked at twice a second.

use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};

use rustix::fs::statvfs;
use tidings_store::Room;

/// Below the smaller of this share and this size, messages are refused: 10 % or 1 GiB.
const LOW_SHARE: u64 = 10;
const LOW_BYTES_MAX: u64 = 1 << 30;
/// Below this part of the above, no attempt starts.
const NONE_PART: u64 = 8;

/// The latest finding, shared between threads.
#[derive(Default)]
pub(crate) struct RoomGauge(AtomicU8);

impl RoomGauge {
    pub(crate) fn read(&self) -> Room {
        match self.0.load(Ordering::Relaxed) {
            0 => Room::Enough,
            1 => Room::Low,
            _ => Room::None,
        }
    }

    /// Looks at the disk that the folder is on. A disk that cannot be asked counts as it did before.
    pub(crate) fn measure(&self, folder: &Path) {
        if let Ok(disk) = statvfs(folder) {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let total = disk.f_blocks.saturating_mul(disk.f_frsize);
            self.set(judge(free, total));
        }
    }

    /// The disk said that it is full.
    pub(crate) fn set_full(&self) {
        self.set(Room::None);
    }

    fn set(&self, room: Room) {
        let code = match room {
            Room::Enough => 0,
            Room::Low => 1,
            Room::None => 2,
        };
        let before = self.0.swap(code, Ordering::Relaxed);
        match (before, code) {
            (0, 1 | 2) => tracing::error!(
                "The disk is nearly full: new messages are refused until there is room"
            ),
            (1 | 2, 0) => tracing::info!("The disk has room again: messages are accepted"),
            _ => {}
        }
    }
}

/// What so much free space of so much in all is.
pub(crate) fn judge(free: u64, total: u64) -> Room {
    let low = (total / LOW_SHARE).min(LOW_BYTES_MAX);
    if free < low / NONE_PART {
        Room::None
    } else if free < low {
        Room::Low
    } else {
        Room::Enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_a_small_disk_and_a_gibibyte_of_a_large_one_are_kept_free() {
        const MIB: u64 = 1 << 20;
        assert_eq!(judge(7 * MIB, 64 * MIB), Room::Enough);
        assert_eq!(judge(6 * MIB, 64 * MIB), Room::Low);
        assert_eq!(judge(MIB / 2, 64 * MIB), Room::None);
        assert_eq!(judge(1025 * MIB, 1 << 40), Room::Enough);
        assert_eq!(judge(1023 * MIB, 1 << 40), Room::Low);
    }
}
