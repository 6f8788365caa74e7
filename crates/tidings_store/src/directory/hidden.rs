//! The event types that an application may not see, made once for all of its endpoints.

use std::collections::HashSet;

use tidings_domain::endpoint::Endpoint;

use crate::configuration::FlaggedEventType;

/// Event types whose feature flags their application does not have.
#[derive(Debug, PartialEq, Eq)]
pub struct HiddenTypes(HashSet<String>);

impl HiddenTypes {
    /// Those of the flagged ones that are hidden from who has these flags; nothing if none is.
    pub fn new(flagged: Vec<FlaggedEventType>, flags: &[String]) -> Option<Self> {
        let is_hidden = |one: &FlaggedEventType| !one.flags.iter().any(|flag| flags.contains(flag));
        let hidden: HashSet<String> = flagged
            .into_iter()
            .filter(is_hidden)
            .map(|one| one.name)
            .collect();
        (!hidden.is_empty()).then_some(Self(hidden))
    }

    /// Whether it is hidden from who does not name it.
    pub fn contains(&self, event_type: &str) -> bool {
        self.0.contains(event_type)
    }

    /// Whether it is hidden from this endpoint. One that names it was let do so, and gets it.
    pub fn hides(&self, event_type: &str, endpoint: &Endpoint) -> bool {
        self.contains(event_type) && !endpoint.names(event_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flagged(name: &str, flags: &[&str]) -> FlaggedEventType {
        FlaggedEventType {
            name: name.to_owned(),
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        }
    }

    #[test]
    fn what_has_none_of_the_flags_is_hidden() {
        let all = vec![flagged("a", &["beta", "x"]), flagged("b", &["gamma"])];
        let hidden = HiddenTypes::new(all.clone(), &["beta".to_owned()]).unwrap();
        assert!(!hidden.contains("a") && hidden.contains("b") && !hidden.contains("c"));
        let none = HiddenTypes::new(all.clone(), &[]).unwrap();
        assert!(none.contains("a") && none.contains("b"));
        let flags = ["gamma".to_owned(), "x".to_owned()];
        assert_eq!(HiddenTypes::new(all, &flags), None);
    }
}
