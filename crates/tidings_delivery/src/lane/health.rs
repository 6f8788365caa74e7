//! How an endpoint does, as far as its lane knows.

use tidings_domain::endpoint::EndpointState;

/// What was read with the configuration, and what requests have taught since. The configuration in memory is not read anew for
/// each request that changes an endpoint's state, so the lane is the only one to know.
#[derive(Debug, Default)]
pub(super) struct Health {
    version: u32,
    read: EndpointState,
    now: EndpointState,
}

impl Health {
    /// How it does by now; starts with what was read when the configuration has another version.
    pub(super) fn of(&mut self, version: u32, read: &EndpointState) -> &EndpointState {
        if self.version != version {
            *self = Self {
                version,
                read: read.clone(),
                now: read.clone(),
            };
        }
        &self.now
    }

    pub(super) fn now(&self) -> &EndpointState {
        &self.now
    }

    pub(super) fn learn(&mut self, state: &EndpointState) {
        self.now.clone_from(state);
    }

    /// Whether a new lane would begin with what is known here.
    pub(super) fn is_as_read(&self) -> bool {
        self.now == self.read
    }
}

#[cfg(test)]
mod tests {
    use tidings_domain::health::{after_failure, after_success};

    use super::*;

    #[test]
    fn what_requests_have_taught_is_kept_until_the_configuration_says_the_same() {
        let well = EndpointState::default();
        let mut health = Health::default();
        assert_eq!(*health.of(1, &well), well);
        assert!(health.is_as_read());
        let failing = after_failure(&well, None, 1_000);
        health.learn(&failing);
        assert!(!health.is_as_read(), "else the days of failing begin anew");
        assert_eq!(*health.of(1, &well), failing, "what was read is older");
        assert_eq!(*health.of(2, &failing), failing);
        assert!(health.is_as_read(), "read anew");
        health.learn(&after_success(&failing, None, 2_000));
        assert!(!health.is_as_read(), "else it would fail since long ago");
    }
}
