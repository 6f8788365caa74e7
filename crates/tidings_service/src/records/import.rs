//! Many records at once, each for itself: what is wrong with one does not stop the others.

use bytes::Bytes;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use tidings_domain::names::check_record_id;
use tidings_domain::record::OwnId;
use tidings_store::Dedup;

use super::{RecordOutcome, Wanted, invalid, read};
use crate::error::{FieldProblem, ServiceError};
use crate::limits::RECORDS_IMPORT_MAX;
use crate::payload::{JsonText, MalformedJson, Payload};
use crate::{Caller, Service};

/// What came of one record of an import.
#[derive(Debug)]
pub struct ImportedRecord {
    /// Its id, if it could be read.
    pub id: Option<String>,
    /// What came of it.
    pub outcome: Result<RecordOutcome, ServiceError>,
}

impl Service {
    /// Keeps the records of a JSON array, or of lines of JSON, each of which has its id in its field `id`.
    /// What is not named stays as it is.
    ///
    /// # Errors
    /// When the body as a whole cannot be used. What is wrong with one record is told with it.
    pub async fn import_records(
        &self,
        caller: Caller,
        application: &str,
        entity_type: &str,
        body: &Bytes,
        dedup: Option<Dedup>,
    ) -> Result<Vec<ImportedRecord>, ServiceError> {
        let records = split(body)?;
        let mut imported = Vec::with_capacity(records.len());
        let (mut wanted, mut places) = (Vec::new(), Vec::new());
        for (number, record) in records.into_iter().enumerate() {
            let dedup = dedup.as_ref().map(|dedup| of_one(dedup, number));
            let outcome = match record.and_then(|record| want(record, dedup)) {
                Ok(one) => {
                    let id = Some(one.id.clone());
                    wanted.push(one);
                    places.push(number);
                    imported.push(ImportedRecord {
                        id,
                        outcome: Ok(RecordOutcome::Unchanged),
                    });
                    continue;
                }
                Err(error) => Err(error),
            };
            imported.push(ImportedRecord { id: None, outcome });
        }
        let outcomes = self
            .change_records(caller, application, entity_type, wanted)
            .await?;
        for (place, outcome) in places.into_iter().zip(outcomes) {
            imported[place].outcome = outcome;
        }
        Ok(imported)
    }
}

/// The records of a body, each as it was written.
fn split(body: &Bytes) -> Result<Vec<Result<Payload, ServiceError>>, ServiceError> {
    let text = JsonText::check(body).map_err(|error| malformed(&error))?;
    let records: Vec<_> = if text.as_str().trim_start().starts_with('[') {
        let values: Vec<&RawValue> = serde_json::from_str(text.as_str())
            .map_err(|error| malformed(&MalformedJson::Syntax(error.to_string())))?;
        let values = values.into_iter();
        values
            .map(|value| Payload::within(text, value).ok_or_else(no_object))
            .collect()
    } else {
        let lines = text.as_str().lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty())
            .map(|line| {
                let line = body.slice_ref(line.as_bytes());
                let record = Payload::parse(&line).map_err(|error| malformed(&error))?;
                record.ok_or_else(no_object)
            })
            .collect()
    };
    if records.is_empty() || records.len() > RECORDS_IMPORT_MAX {
        return Err(invalid(&format!(
            "must have 1 to {RECORDS_IMPORT_MAX} records, as a JSON array or one on each line"
        )));
    }
    Ok(records)
}

fn want(record: Payload, dedup: Option<Dedup>) -> Result<Wanted, ServiceError> {
    let reading = read(&record)?;
    let Some(id) = reading.id.as_ref().map(OwnId::as_str) else {
        return Err(wrong_id("must be there, as a number or a text"));
    };
    check_record_id(id).map_err(|error| wrong_id(&error.to_string()))?;
    Ok(Wanted {
        id: id.to_owned(),
        value: Some((record, reading)),
        dedup,
    })
}

fn wrong_id(msg: &str) -> ServiceError {
    ServiceError::invalid(FieldProblem::body("id", msg))
}

fn no_object() -> ServiceError {
    invalid("must be a JSON object")
}

fn malformed(error: &MalformedJson) -> ServiceError {
    invalid(&error.to_string())
}

/// Each record of an import has a key of its own, so that a repeat finds each message again.
fn of_one(dedup: &Dedup, number: usize) -> Dedup {
    let mut hash = Sha256::new();
    hash.update(dedup.key);
    hash.update(number.to_be_bytes());
    let hash: [u8; 32] = hash.finalize().into();
    let (key, _) = hash.split_first_chunk().expect("32 bytes have a half");
    Dedup {
        key: *key,
        ..dedup.clone()
    }
}
