//! Ports that no webhook receiver listens on.

/// Ports that browsers refuse (the Fetch standard's "bad ports"), so that a request cannot be
/// mistaken for another protocol's.
const REFUSED_BY_BROWSERS: [u16; 82] = [
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
    103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
    512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
    995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
    6669, 6679, 6697, 10080,
];

/// Databases, queues, proxies and control planes that trust whoever reaches them.
const SERVICES: [u16; 56] = [
    88, 445, 873, 1080, 1433, 1521, 1883, 2181, 2375, 2376, 2377, 2379, 2380, 3128, 3268, 3306,
    3389, 4222, 4369, 5432, 5671, 5672, 5900, 5984, 5985, 5986, 6379, 6380, 6443, 7001, 7199, 7474,
    7687, 8086, 8200, 8300, 8301, 8500, 8529, 9042, 9092, 9100, 9160, 9200, 9300, 10250, 10255,
    10256, 11211, 15672, 26257, 26379, 27017, 27018, 27019, 61616,
];

/// Whether a request may go to this port of a public host.
pub(super) fn is_allowed(port: u16) -> bool {
    port != 0
        && REFUSED_BY_BROWSERS.binary_search(&port).is_err()
        && SERVICES.binary_search(&port).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_so_that_they_can_be_searched() {
        assert!(REFUSED_BY_BROWSERS.is_sorted());
        assert!(SERVICES.is_sorted());
    }

    #[test]
    fn ordinary_web_ports_are_allowed_and_others_are_not() {
        for port in [
            80, 443, 3000, 5000, 8000, 8080, 8443, 9000, 9999, 49_152, 65_535,
        ] {
            assert!(is_allowed(port), "{port}");
        }
        for port in [0, 1, 22, 10080, 88, 6379, 61616] {
            assert!(!is_allowed(port), "{port}");
        }
    }
}
