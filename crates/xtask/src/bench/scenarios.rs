//! What is measured: the load of each scenario. What it must achieve is in `verdict`.

/// One kind of load.
#[derive(Debug)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    messages: u64,
    /// For `hookbench load`.
    pub(super) arguments: &'static [&'static str],
    /// Whether messages come at a fixed rate, so that the machine is mostly idle.
    pub(super) is_open_loop: bool,
}

impl Scenario {
    pub(super) fn messages(&self, is_quick: bool) -> u64 {
        if is_quick {
            self.messages / 5
        } else {
            self.messages
        }
    }
}

/// Enough messages for five seconds or so of a quick server at full speed, and for ten at a fixed rate.
pub(super) const SCENARIOS: [Scenario; 7] = [
    Scenario {
        name: "closed-64",
        title: "64 connections",
        messages: 100_000,
        arguments: &["--concurrency", "64"],
        is_open_loop: false,
    },
    Scenario {
        name: "closed-256",
        title: "256 connections",
        messages: 100_000,
        arguments: &["--concurrency", "256"],
        is_open_loop: false,
    },
    Scenario {
        name: "idempotent-64",
        title: "64 connections, a key with each message",
        messages: 100_000,
        arguments: &["--concurrency", "64", "--idempotency"],
        is_open_loop: false,
    },
    Scenario {
        name: "idempotent-256",
        title: "256 connections, a key with each message",
        messages: 100_000,
        arguments: &["--concurrency", "256", "--idempotency"],
        is_open_loop: false,
    },
    Scenario {
        name: "fan-out-5",
        title: "64 connections, 5 endpoints",
        messages: 20_000,
        arguments: &["--concurrency", "64", "--endpoints", "5"],
        is_open_loop: false,
    },
    Scenario {
        name: "open-200",
        title: "200 messages/s",
        messages: 2_000,
        arguments: &["--concurrency", "64", "--rate", "200"],
        is_open_loop: true,
    },
    Scenario {
        name: "open-2000",
        title: "2,000 messages/s",
        messages: 20_000,
        arguments: &["--concurrency", "64", "--rate", "2000"],
        is_open_loop: true,
    },
];
