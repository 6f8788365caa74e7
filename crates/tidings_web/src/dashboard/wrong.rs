//! What is wrong with a form: which of its fields, and why.

use axum::http::StatusCode;
use tidings_service::ServiceError;

use crate::errors::Fault;

/// What a use case calls a field, what the form calls it, the name of its label and of what is said when it is wrong.
type Known = (&'static str, &'static str, &'static str, &'static str);

/// Fields that are wrong; none means that the form is right so far.
#[derive(Debug, Clone)]
pub(crate) struct Wrong {
    known: &'static [Known],
    found: Vec<Field>,
}

/// A field that is wrong.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// What the form calls it.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) text: &'static str,
    /// What the use case says, in English; for people who write schemas.
    pub(crate) details: Vec<String>,
}

impl Wrong {
    /// Nothing is wrong yet.
    pub(super) fn new(known: &'static [Known]) -> Self {
        Self {
            known,
            found: Vec::new(),
        }
    }

    /// Notes a field, as the use case calls it.
    pub(super) fn push(&mut self, field: &str, detail: String) {
        let known = self.known.iter().find(|known| known.0 == field);
        let Some((_, name, label, text)) = known.or(self.known.first()) else {
            return;
        };
        let details = Some(detail).filter(|detail| !detail.is_empty());
        match self.found.iter_mut().find(|known| known.name == *name) {
            Some(known) => known.details.extend(details),
            None => self.found.push(Field {
                name,
                label,
                text,
                details: details.into_iter().collect(),
            }),
        }
    }

    /// Notes the fields that a use case finds wrong; what is no such error is a fault.
    pub(super) fn take(&mut self, error: ServiceError) -> Result<(), Fault> {
        let ServiceError::Invalid(problems) = error else {
            return Err(error.into());
        };
        for problem in problems {
            let field = problem.loc.get(1).cloned().unwrap_or_default();
            self.push(&field, problem.msg);
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// All of them.
    pub(crate) fn fields(&self) -> &[Field] {
        &self.found
    }

    /// The one of this name, if it is wrong.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.found.iter().find(|field| field.name == name)
    }

    pub(super) fn status(&self) -> StatusCode {
        if self.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

#[cfg(test)]
mod tests {
    use tidings_service::FieldProblem;

    use super::*;

    #[test]
    fn a_field_is_named_once_with_all_that_is_wrong_with_it() {
        let mut wrong = Wrong::new(&[("name", "n", "label", "text"), ("uid", "u", "l", "t")]);
        let problems = ["name", "uid", "name", "unheard-of"];
        let problems = problems
            .map(|field| FieldProblem::body(field, "why"))
            .into();
        assert!(wrong.take(ServiceError::Invalid(problems)).is_ok());
        assert_eq!(
            (wrong.len(), wrong.status()),
            (2, StatusCode::UNPROCESSABLE_ENTITY)
        );
        assert_eq!(wrong.field("n").unwrap().details.len(), 3);
        let missing = ServiceError::NotFound { what: "thing" };
        assert_eq!(wrong.take(missing), Err(Fault::Missing));
    }
}
