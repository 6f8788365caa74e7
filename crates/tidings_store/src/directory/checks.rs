//! The schemas that payloads are checked against, compiled, and forgotten when event types change.
//!
//! An application in memory has the checks of its environment in hand. Where nothing is checked, that is one
//! look at a flag.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use serde_json::Value;
use tidings_domain::event_type::EventType;
use tidings_domain::schema::{Mismatch, Schema, SchemaPolicy, UnlessNamed, newest};

/// What one environment checks, as far as this node knows.
#[derive(Debug)]
pub struct PayloadChecks {
    environment: i64,
    /// Whether it is known that nothing is checked.
    is_idle: AtomicBool,
    known: RwLock<Option<Arc<Checks>>>,
}

impl PayloadChecks {
    pub(super) fn new(environment: i64) -> Self {
        Self {
            environment,
            is_idle: AtomicBool::new(false),
            known: RwLock::new(None),
        }
    }

    /// Whether it is known that nothing is checked.
    pub fn is_idle(&self) -> bool {
        self.is_idle.load(Ordering::Acquire)
    }

    pub(super) fn environment(&self) -> i64 {
        self.environment
    }

    pub(super) fn known(&self) -> Option<Arc<Checks>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    pub(super) fn forget(&self) {
        self.set(None);
    }

    pub(super) fn remember(&self, checks: &Arc<Checks>) {
        self.set(Some(Arc::clone(checks)));
    }

    fn set(&self, checks: Option<Arc<Checks>>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let is_idle = checks.as_ref().is_some_and(|checks| checks.0.is_empty());
        *known = checks;
        self.is_idle.store(is_idle, Ordering::Release);
    }
}

/// What is checked, by the name of the event type.
#[derive(Debug, Default)]
pub struct Checks(HashMap<String, Check>);

impl Checks {
    pub(super) fn new(event_types: Vec<EventType>) -> Self {
        let checks = event_types.into_iter().filter_map(|event_type| {
            let (version, schema) = newest(event_type.schemas.as_ref()?)?;
            let check = Check {
                event_type: event_type.ordinal,
                policy: event_type.schema_policy,
                version: version.to_owned(),
                source: schema.clone(),
                compiled: OnceLock::new(),
            };
            (check.policy != SchemaPolicy::Off).then_some((event_type.name, check))
        });
        Self(checks.collect())
    }

    /// What payloads of this event type are checked against, if they are.
    pub fn of(&self, event_type: &str) -> Option<&Check> {
        self.0.get(event_type)
    }
}

/// What payloads of one event type are checked against.
#[derive(Debug)]
pub struct Check {
    /// The number of the event type.
    pub event_type: i64,
    /// What happens to what does not fit.
    pub policy: SchemaPolicy,
    /// The version of the schema.
    pub version: String,
    source: Value,
    /// Compiled when the first payload comes: a catalogue may have more schemas than are ever used.
    compiled: OnceLock<Result<Schema, String>>,
}

impl Check {
    /// Where a payload does not fit, and why; none if it fits.
    pub fn mismatches(&self, payload: &Value) -> Vec<Mismatch> {
        let compiled = self
            .compiled
            .get_or_init(|| Schema::compile(&self.source, UnlessNamed::Draft7));
        match compiled {
            Ok(schema) => schema.mismatches(payload),
            // It was a schema when it was saved, perhaps by another version of the program.
            Err(why) => {
                let why = format!("the schema cannot be used any more: {why}");
                vec![Mismatch {
                    pointer: String::new(),
                    rule: why.clone(),
                    why,
                }]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event_type(schemas: Option<Value>, schema_policy: SchemaPolicy) -> EventType {
        EventType {
            ordinal: 7,
            environment: 1,
            name: "a.b".to_owned(),
            description: String::new(),
            is_archived: false,
            is_deprecated: false,
            schemas,
            schema_policy,
            drift: None,
            group_name: None,
            feature_flags: Vec::new(),
            wording: tidings_domain::event_type::Wording::default(),
            sample: None,
            created_at: 0,
            updated_at: 0,
        }
    }

    #[test]
    fn the_newest_schema_is_what_is_checked() {
        let schemas = json!({"9": {"required": ["old"]}, "10": {"required": ["new"]}});
        let checks = Checks::new(vec![event_type(Some(schemas), SchemaPolicy::Refuse)]);
        let check = checks.of("a.b").unwrap();
        assert_eq!((check.event_type, check.version.as_str()), (7, "10"));
        assert!(check.mismatches(&json!({"new": 1})).is_empty());
        assert_eq!(check.mismatches(&json!({"old": 1})).len(), 1);
        assert!(checks.of("a.c").is_none());
    }

    #[test]
    fn what_is_off_or_has_no_schema_is_not_checked() {
        let off = event_type(Some(json!({"1": false})), SchemaPolicy::Off);
        let bare = event_type(None, SchemaPolicy::Refuse);
        let empty = event_type(Some(json!({})), SchemaPolicy::Refuse);
        for one in [off, bare, empty] {
            let checks = PayloadChecks::new(1);
            checks.remember(&Arc::new(Checks::new(vec![one])));
            assert!(checks.is_idle());
        }
    }

    #[test]
    fn what_is_not_known_is_not_idle() {
        let checks = PayloadChecks::new(1);
        assert!(!checks.is_idle());
        checks.remember(&Arc::default());
        assert!(checks.is_idle() && checks.known().is_some());
        checks.forget();
        assert!(!checks.is_idle() && checks.known().is_none());
    }

    #[test]
    fn a_schema_that_is_none_any_more_is_a_mismatch_of_its_own() {
        let schemas = json!({"1": {"type": "text"}});
        let checks = Checks::new(vec![event_type(Some(schemas), SchemaPolicy::Warn)]);
        let told = checks.of("a.b").unwrap().mismatches(&json!({}));
        assert!(told[0].why.contains("cannot be used any more"), "{told:?}");
    }
}
