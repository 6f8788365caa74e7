//! What an inbox answers, what it is called, and what signatures are checked with.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tidings_domain::inbox::{ANSWER_DELAY_MS_MAX, Inbox};
use tidings_service::ServiceError;
use tidings_service::inboxes::InboxDraft;

use super::desk::Desk;
use super::reader::Reader;
use super::{FOLDER, Inboxes};
use crate::dashboard::member::Shell;
use crate::errors::Fault;
use crate::form::Posted;
use crate::page::{Page, render};

/// A header that says when to come again.
const RETRY_AFTER: &str = "retry-after";

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Status,
    Headers,
    Body,
    Delay,
    Failures,
    Secret,
}

impl Field {
    const ALL: [Self; 7] = [
        Self::Name,
        Self::Status,
        Self::Headers,
        Self::Body,
        Self::Delay,
        Self::Failures,
        Self::Secret,
    ];

    /// Its id on the page.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Status => "status",
            Self::Headers => "headers",
            Self::Body => "body",
            Self::Delay => "delay",
            Self::Failures => "failures",
            Self::Secret => "secret",
        }
    }

    /// The name of the text that names it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Name => "webhook-name",
            Self::Status => "answer-status",
            Self::Headers => "answer-headers",
            Self::Body => "answer-body",
            Self::Delay => "answer-delay",
            Self::Failures => "answer-failures",
            Self::Secret => "answer-secret",
        }
    }

    /// The name of the text that says how it must be.
    fn rule(self) -> &'static str {
        match self {
            Self::Name => "answer-name-wrong",
            Self::Status => "answer-status-wrong",
            Self::Headers => "answer-headers-wrong",
            Self::Body => "answer-body-wrong",
            Self::Delay => "answer-delay-wrong",
            Self::Failures => "answer-failures-wrong",
            Self::Secret => "answer-secret-wrong",
        }
    }

    /// The field that the use case calls this.
    fn of(name: &str) -> Option<Self> {
        let known = [
            ("name", Self::Name),
            ("status", Self::Status),
            ("headers", Self::Headers),
            ("body", Self::Body),
            ("delayMs", Self::Delay),
            ("failurePercent", Self::Failures),
            ("secret", Self::Secret),
        ];
        let found = known.into_iter().find(|(own, _)| *own == name);
        found.map(|(_, field)| field)
    }
}

/// What stands in the form, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Fields {
    name: String,
    status: String,
    headers: String,
    body: String,
    delay: String,
    failures: String,
    /// Whether signatures are no longer to be checked.
    forgets_secret: bool,
}

impl Fields {
    fn stored(inbox: &Inbox) -> Self {
        let answer = &inbox.answer;
        let headers = answer.headers.iter();
        let headers = headers.map(|(name, value)| format!("{name}: {value}\n"));
        Self {
            name: inbox.name.clone(),
            status: answer.status.to_string(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
            delay: answer.delay_ms.to_string(),
            failures: answer.failure_percent.to_string(),
            forgets_secret: false,
        }
    }

    fn typed(form: &Posted) -> Self {
        Self {
            name: form.line("name").to_owned(),
            status: form.line("status").to_owned(),
            headers: form.one("headers").to_owned(),
            // What browsers make of line ends in a text is not what was typed.
            body: form.one("body").replace("\r\n", "\n"),
            delay: form.line("delay").to_owned(),
            failures: form.line("failures").to_owned(),
            forgets_secret: form.has("forget"),
        }
    }

    /// What that asks for, or the fields that say nothing that one could ask for.
    fn draft(&self, secret: &str) -> Result<InboxDraft, Vec<Field>> {
        let mut wrong = Vec::new();
        let mut number = |text: &str, field| {
            let number: Option<u32> = text.parse().ok();
            if number.is_none() {
                wrong.push(field);
            }
            number
        };
        let status = number(&self.status, Field::Status);
        let delay_ms = number(&self.delay, Field::Delay);
        let failure_percent = number(&self.failures, Field::Failures);
        let headers = headers(&self.headers);
        if headers.is_none() {
            wrong.push(Field::Headers);
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let secret = match (secret, self.forgets_secret) {
            (_, true) => Some(None),
            ("", false) => None,
            (secret, false) => Some(Some(secret.to_owned())),
        };
        Ok(InboxDraft {
            name: Some(self.name.clone()),
            status,
            headers,
            body: Some(self.body.clone()),
            delay_ms,
            failure_percent,
            secret,
        })
    }
}

/// A header a line. None if a line is no header.
fn headers(text: &str) -> Option<Vec<(String, String)>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let pairs = lines.map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    });
    pairs.collect()
}

#[derive(Template)]
#[template(path = "inboxes/answers.html")]
struct Form {
    page: Page,
    shell: Shell,
    desk: Desk,
    fields: Fields,
    wrong: Vec<Field>,
    delay_max: u32,
}

impl Form {
    /// The name of the text that says what is wrong with the field of this id, if it is.
    fn error(&self, id: &str) -> Option<&'static str> {
        let found = self.wrong.iter().find(|field| field.id() == id);
        found.map(|field| field.rule())
    }

    /// What is read out with a field: its hint, and what is wrong with it.
    fn described(&self, id: &str) -> String {
        match self.error(id) {
            Some(_) => format!("{id}-hint {id}-error"),
            None => format!("{id}-hint"),
        }
    }
}

/// The form with what is stored.
pub(super) async fn show(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    reader.check()?;
    let query = Posted::parse(query.unwrap_or_default().as_bytes());
    let inbox = inboxes.service().inbox(reader.caller(), &id).await?;
    let desk = Desk::read(&inboxes, &reader, (&id, ""), &query).await?;
    let template = Form {
        shell: reader.member.shell(),
        fields: Fields::stored(&inbox),
        desk,
        wrong: Vec::new(),
        delay_max: ANSWER_DELAY_MS_MAX,
        page: reader.page(),
    };
    Ok(render(StatusCode::OK, &template))
}

/// Saves the form, or shows it again with what is wrong.
pub(super) async fn save(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path(id): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    reader.check()?;
    let fields = Fields::typed(&form);
    let wrong = match fields.draft(form.line("secret")) {
        Ok(draft) => match inboxes
            .service()
            .patch_inbox(reader.caller(), &id, draft)
            .await
        {
            Ok(_) => return Ok(Redirect::to(&format!("{FOLDER}/{id}?done=saved")).into_response()),
            Err(error) => found_wrong(error)?,
        },
        Err(wrong) => wrong,
    };
    let desk = Desk::read(&inboxes, &reader, (&id, ""), &Posted::default()).await?;
    let template = Form {
        shell: reader.member.shell(),
        fields,
        desk,
        wrong,
        delay_max: ANSWER_DELAY_MS_MAX,
        page: reader.page(),
    };
    Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &template))
}

/// The fields that a use case found wrong; anything else that went wrong is not the form's.
fn found_wrong(error: ServiceError) -> Result<Vec<Field>, Fault> {
    let ServiceError::Invalid(problems) = &error else {
        return Err(error.into());
    };
    // The first name of each place is that of the body.
    let names = problems
        .iter()
        .flat_map(|problem| problem.loc.iter().skip(1));
    let found: Vec<Field> = names.filter_map(|name| Field::of(name)).collect();
    let in_order = Field::ALL.into_iter();
    let wrong: Vec<Field> = in_order.filter(|field| found.contains(field)).collect();
    if wrong.is_empty() {
        return Err(error.into());
    }
    Ok(wrong)
}

/// Takes one of the answers that are asked for most.
pub(super) async fn choose(
    State(inboxes): State<Inboxes>,
    reader: Reader,
    Path(id): Path<String>,
    form: Posted,
) -> Result<Response, Fault> {
    reader.check()?;
    let status = match form.line("status") {
        "202" => 202,
        "500" => 500,
        "503" => 503,
        _ => 200,
    };
    let inbox = inboxes.service().inbox(reader.caller(), &id).await?;
    let mut headers = inbox.answer.headers;
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case(RETRY_AFTER));
    if status == 503 {
        headers.push((RETRY_AFTER.to_owned(), "30".to_owned()));
    }
    let draft = InboxDraft {
        status: Some(status),
        headers: Some(headers),
        ..InboxDraft::default()
    };
    inboxes
        .service()
        .patch_inbox(reader.caller(), &id, draft)
        .await?;
    Ok(Redirect::to(&format!("{FOLDER}/{id}?done=saved")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_a_line_each() {
        let read = headers("A: b:c\n\n  x-y :z \n").unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read, [pair("A", "b:c"), pair("x-y", "z")]);
        assert_eq!(headers("nonsense"), None);
        assert_eq!(headers(""), Some(Vec::new()));
    }

    #[test]
    fn every_field_that_is_no_number_is_named() {
        let fields = Fields {
            status: "soon".to_owned(),
            delay: "-1".to_owned(),
            failures: "5".to_owned(),
            headers: "x".to_owned(),
            ..Fields::default()
        };
        let wrong = fields.draft("").unwrap_err();
        assert_eq!(wrong, [Field::Status, Field::Delay, Field::Headers]);
    }

    #[test]
    fn a_secret_stays_unless_another_comes_or_it_is_to_be_forgotten() {
        let mut fields = Fields {
            status: "200".to_owned(),
            delay: "0".to_owned(),
            failures: "0".to_owned(),
            ..Fields::default()
        };
        assert_eq!(fields.draft("").unwrap().secret, None);
        let new = fields.draft("whsec_x").unwrap().secret;
        assert_eq!(new, Some(Some("whsec_x".to_owned())));
        fields.forgets_secret = true;
        assert_eq!(fields.draft("whsec_x").unwrap().secret, Some(None));
    }
}
