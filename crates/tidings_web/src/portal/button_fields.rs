//! The form of a button: what was typed, what that means, and what is wrong with it.

use serde::de::IgnoredAny;
use tidings_domain::button::{Button, check_label, check_message, check_payload};
use tidings_service::ServiceError;
use tidings_service::boards::ButtonDraft;

use super::board::{KINDS, colour};
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::Page;

/// Stands for a colour that is none of the kinds, which stays as it is.
pub(crate) const KEPT: &str = "kept";

/// A field that is wrong, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// Its id on the page.
    pub(crate) field: &'static str,
    key: &'static str,
    /// The line and the column, where a text cannot be read.
    at: Option<(usize, usize)>,
}

impl Wrong {
    fn new(field: &'static str, key: &'static str) -> Self {
        Self {
            field,
            key,
            at: None,
        }
    }

    /// What to do about it.
    pub(crate) fn text(&self, page: &Page) -> String {
        match self.at {
            None => page.say(self.key),
            Some((line, column)) => page.say_both(self.key, &("line", line), &("column", column)),
        }
    }
}

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields {
    pub(crate) label: String,
    pub(crate) message: String,
    pub(crate) kind: String,
    pub(crate) row: u32,
    pub(crate) column: u32,
    pub(crate) url: String,
    pub(crate) json: String,
    /// What makes sending it twice the same as once.
    pub(crate) once: String,
}

impl Fields {
    /// A form with nothing typed yet.
    pub(crate) fn empty((row, column): (u32, u32), once: String) -> Self {
        Self {
            row,
            column,
            once,
            ..Self::default()
        }
    }

    /// A form with what is stored.
    pub(crate) fn stored(button: &Button, once: String) -> Self {
        let face = &button.face;
        let kind = match face.colour.as_deref() {
            None => "",
            Some(own) => {
                let kind = KINDS.iter().find(|(_, _, colour)| *colour == own);
                kind.map_or(KEPT, |(class, _, _)| class)
            }
        };
        let says_more = face.message != face.label;
        Self {
            label: face.label.clone(),
            message: Some(face.message.clone())
                .filter(|_| says_more)
                .unwrap_or_default(),
            kind: kind.to_owned(),
            row: button.place.row,
            column: button.place.column,
            url: button.url.clone(),
            json: face.payload.clone().unwrap_or_default(),
            once,
        }
    }

    /// A form as it was sent.
    pub(crate) fn typed(form: &Posted) -> Self {
        let place = form.one("place").split_once('-');
        let number = |text: &str| text.parse().ok();
        let place = place.and_then(|(row, column)| number(row).zip(number(column)));
        let (row, column) = place.unwrap_or((u32::MAX, u32::MAX));
        Self {
            label: form.line("label").to_owned(),
            message: form.line("message").replace("\r\n", "\n"),
            kind: form.one("kind").to_owned(),
            row,
            column,
            url: form.line("url").to_owned(),
            json: form.line("json").replace("\r\n", "\n"),
            once: form.one("once").to_owned(),
        }
    }

    /// What can be seen to be wrong without asking anybody.
    pub(crate) fn wrong(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        if check_label(&self.label).is_err() {
            wrong.push(Wrong::new("label", "wrong-label"));
        }
        if check_message(&self.message).is_err() {
            wrong.push(Wrong::new("message", "wrong-message"));
        }
        if self.row == u32::MAX {
            wrong.push(Wrong::new("place", "wrong-place"));
        }
        if self.url.is_empty() {
            wrong.push(Wrong::new("url", "wrong-button-url-empty"));
        }
        wrong.extend(self.wrong_json());
        wrong
    }

    fn wrong_json(&self) -> Option<Wrong> {
        if self.json.is_empty() {
            return None;
        }
        if let Err(error) = serde_json::from_str::<IgnoredAny>(&self.json) {
            return Some(Wrong {
                at: Some((error.line(), error.column())),
                ..Wrong::new("json", "wrong-json")
            });
        }
        check_payload(&self.json).err()?;
        Some(Wrong::new("json", "wrong-json-long"))
    }

    /// The button that this makes, or what changes of one.
    pub(crate) fn draft(&self) -> ButtonDraft {
        // A button that says nothing else says its label.
        let message = if self.message.is_empty() {
            self.label.clone()
        } else {
            self.message.clone()
        };
        let mut draft = ButtonDraft {
            row: Some(self.row),
            column: Some(self.column),
            label: Some(self.label.clone()),
            message: Some(message),
            url: Some(self.url.clone()),
            payload: Some(Some(self.json.clone()).filter(|json| !json.is_empty())),
            ..ButtonDraft::default()
        };
        colour(&mut draft, &self.kind);
        draft
    }
}

/// Which fields a use case finds wrong; the fault if it is something else.
pub(crate) fn found_wrong(error: ServiceError) -> Result<Vec<Wrong>, Fault> {
    let problems = match error {
        ServiceError::Invalid(problems) => problems,
        ServiceError::Conflict {
            code: "place_taken",
            ..
        } => return Ok(vec![Wrong::new("place", "wrong-place-taken")]),
        other => return Err(other.into()),
    };
    let mut wrong: Vec<Wrong> = Vec::new();
    for problem in &problems {
        let found = match problem.loc.get(1).map(String::as_str) {
            Some("url") => Wrong::new("url", "wrong-button-url"),
            Some("payload") => Wrong::new("json", "wrong-json-deep"),
            Some("message") => Wrong::new("message", "wrong-message"),
            Some("row" | "column") => Wrong::new("place", "wrong-place"),
            _ => Wrong::new("label", "wrong-label"),
        };
        if !wrong.contains(&found) {
            wrong.push(found);
        }
    }
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Fields {
        Fields::typed(&Posted::parse(text.as_bytes()))
    }

    fn fields_of(wrong: &[Wrong]) -> Vec<&'static str> {
        wrong.iter().map(|wrong| wrong.field).collect()
    }

    #[test]
    fn an_empty_form_names_each_field_that_must_be_there() {
        assert_eq!(fields_of(&typed("").wrong()), ["label", "place", "url"]);
    }

    #[test]
    fn tc_6_what_is_no_json_is_wrong_at_its_place() {
        for (json, at) in [
            ("abc", (1, 1)),
            ("%7B%22a%22:1,%7D", (1, 8)),
            ("%7B%0D%0A%22a%22:+%7B", (2, 6)),
        ] {
            let fields = typed(&format!("label=a&place=0-0&url=x&json={json}"));
            let wrong = fields.wrong();
            assert_eq!(fields_of(&wrong), ["json"], "{json}");
            assert_eq!(wrong[0].at, Some(at), "{json}");
        }
    }

    #[test]
    fn a_whole_form_is_a_draft() {
        let fields = typed("label=Door&place=1-2&url=https://a.test&json=%7B%7D&kind=do");
        assert!(fields.wrong().is_empty());
        let draft = fields.draft();
        assert_eq!((draft.row, draft.column), (Some(1), Some(2)));
        assert_eq!(draft.message.as_deref(), Some("Door"));
        assert_eq!(draft.payload, Some(Some("{}".to_owned())));
        assert_eq!(draft.colour, Some(Some("#2e8b57".to_owned())));
    }

    #[test]
    fn no_json_is_no_payload_and_a_colour_of_its_own_stays() {
        let draft = typed("label=a&place=0-0&url=x&kind=kept").draft();
        assert_eq!((draft.payload, draft.colour), (Some(None), None));
    }
}
