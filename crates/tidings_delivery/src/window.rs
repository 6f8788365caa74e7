//! The bound on everything that delivery holds in memory, over all lanes.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts deliveries and bytes in memory.
pub(crate) struct Window {
    count: AtomicUsize,
    bytes: AtomicUsize,
    count_max: usize,
    bytes_max: usize,
}

impl Window {
    pub(crate) fn new(count_max: usize, bytes_max: usize) -> Self {
        Self {
            count: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            count_max,
            bytes_max,
        }
    }

    /// Takes room for one delivery. One that is larger than the whole window fits an empty one.
    pub(crate) fn try_take(&self, bytes: usize) -> bool {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let held = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = count < self.count_max && (held == 0 || held + bytes <= self.bytes_max);
        if !fits {
            self.give_back(bytes);
        }
        fits
    }

    pub(crate) fn give_back(&self, bytes: usize) {
        self.count.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_bounded_by_count_and_by_bytes() {
        let window = Window::new(2, 10);
        assert!(window.try_take(6));
        assert!(!window.try_take(6), "twelve bytes do not fit into ten");
        assert!(window.try_take(4));
        assert!(!window.try_take(0), "three do not fit into two");
        window.give_back(6);
        assert!(window.try_take(0));
        assert_eq!(window.count(), 2);
    }

    #[test]
    fn a_giant_fits_an_empty_window() {
        let window = Window::new(2, 10);
        assert!(window.try_take(100));
        assert!(!window.try_take(1));
    }
}
