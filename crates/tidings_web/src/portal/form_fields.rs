//! The form of a webhook: what was typed, what that means, and which field is wrong.
//!
//! Whatever is wrong, the form is shown again with everything that was typed but for what is secret.

use tidings_domain::address_policy::check_headers;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::credentials::Credentials;
use tidings_domain::endpoint::Endpoint;
use tidings_service::endpoints::{EndpointChange, EndpointDraft, ShownHeaders};
use tidings_service::{FieldProblem, ServiceError};

use super::form_auth::Auth;
use crate::errors::Fault;
use crate::form::Posted;

/// Names and values of headers.
type Pairs = std::collections::BTreeMap<String, String>;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Name,
    Entity,
    Url,
    Events,
    Auth,
    Rate,
    Headers,
    Filter,
}

/// What is wrong: the field and the text that says so.
pub(crate) type Wrong = (Field, &'static str);

impl Field {
    /// Its id on the page.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Entity => "entity",
            Self::Url => "url",
            Self::Events => "events",
            Self::Auth => "auth",
            Self::Rate => "rate",
            Self::Headers => "headers",
            Self::Filter => "filter",
        }
    }

    /// What it is called.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Name => "webhook-name",
            Self::Entity => "webhook-entity",
            Self::Url => "webhook-url",
            Self::Events => "webhook-events",
            Self::Auth => "webhook-auth",
            Self::Rate => "webhook-rate",
            Self::Headers => "webhook-headers",
            Self::Filter => "webhook-filter",
        }
    }
}

/// What stands in the form.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) name: String,
    pub(crate) is_enabled: bool,
    pub(crate) entity: String,
    pub(crate) url: String,
    pub(crate) has_all_events: bool,
    pub(crate) events: Vec<String>,
    pub(crate) format: String,
    pub(crate) auth: Auth,
    pub(crate) rate: String,
    pub(crate) headers: String,
    pub(crate) filter: String,
    /// What makes sending it twice the same as once.
    pub(crate) once: String,
}

impl Fields {
    /// A form with nothing typed yet.
    pub(crate) fn empty(entity: &str, once: String) -> Self {
        Self {
            name: String::new(),
            is_enabled: true,
            entity: entity.to_owned(),
            url: String::new(),
            has_all_events: false,
            events: Vec::new(),
            format: BodyFormat::Json.as_str().to_owned(),
            auth: Auth::none(),
            rate: String::new(),
            headers: String::new(),
            filter: String::new(),
            once,
        }
    }

    /// A form with what is stored.
    pub(crate) fn stored(
        endpoint: &Endpoint,
        headers: &ShownHeaders,
        credentials: Option<&Credentials>,
        once: String,
    ) -> Self {
        let rate = endpoint.throttle_rate.map(|rate| rate.to_string());
        Self {
            name: endpoint.description.clone(),
            is_enabled: !endpoint.is_off(),
            url: endpoint.url.clone(),
            has_all_events: endpoint.event_types.is_empty(),
            events: endpoint.event_types.clone(),
            format: endpoint.format.as_str().to_owned(),
            auth: Auth::stored(credentials),
            rate: rate.unwrap_or_default(),
            headers: lines(headers),
            filter: endpoint.filter.clone().unwrap_or_default(),
            ..Self::empty("", once)
        }
    }

    /// A form as it was sent.
    pub(crate) fn typed(form: &Posted) -> Self {
        Self {
            name: form.line("name").to_owned(),
            is_enabled: form.has("enabled"),
            entity: form.one("entity").to_owned(),
            url: form.line("url").to_owned(),
            has_all_events: form.has("all"),
            events: form.all("events"),
            format: form.one("format").to_owned(),
            auth: Auth::typed(form),
            rate: form.line("rate").to_owned(),
            headers: form.one("headers").replace("\r\n", "\n"),
            filter: form.line("filter").to_owned(),
            once: form.one("once").to_owned(),
        }
    }

    /// What can be seen to be wrong without asking anybody.
    pub(crate) fn wrong(&self, account: &str) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        if self.name.is_empty() {
            wrong.push((Field::Name, "wrong-name"));
        }
        if self.entity != account {
            wrong.push((Field::Entity, "wrong-entity"));
        }
        if self.url.is_empty() {
            wrong.push((Field::Url, "wrong-url-empty"));
        }
        if self.events.is_empty() && !self.has_all_events {
            wrong.push((Field::Events, "wrong-events"));
        }
        if !self.rate.is_empty() && self.rate().is_none_or(|rate| rate == 0) {
            wrong.push((Field::Rate, "wrong-rate"));
        }
        let pairs = self.pairs();
        let is_fine = pairs.as_ref().is_some_and(|pairs| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            check_headers(pairs).is_ok()
        });
        if !is_fine {
            wrong.push((Field::Headers, "wrong-headers"));
        }
        wrong
    }

    fn rate(&self) -> Option<u32> {
        self.rate.parse().ok()
    }

    fn events(&self) -> Vec<String> {
        if self.has_all_events {
            Vec::new()
        } else {
            self.events.clone()
        }
    }

    fn format(&self) -> BodyFormat {
        BodyFormat::parse(&self.format).unwrap_or_default()
    }

    pub(crate) fn filter(&self) -> Option<String> {
        Some(self.filter.clone()).filter(|filter| !filter.is_empty())
    }

    /// The headers, one a line; none if a line is not one.
    pub(crate) fn pairs(&self) -> Option<Pairs> {
        let lines = self.headers.lines().filter(|line| !line.trim().is_empty());
        let pair = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_owned(), value.trim().to_owned()))
        };
        lines.map(pair).collect()
    }

    /// The webhook that this makes.
    pub(crate) fn draft(&self) -> EndpointDraft {
        EndpointDraft {
            url: self.url.clone(),
            description: self.name.clone(),
            is_disabled: !self.is_enabled,
            event_types: self.events(),
            filter: self.filter(),
            throttle_rate: self.rate(),
            format: self.format(),
            headers: self.pairs(),
            credentials: self.auth.draft(),
            ..EndpointDraft::default()
        }
    }

    /// The change that this makes. Headers that are not in the form, since they are secret, stay.
    pub(crate) fn change(&self) -> EndpointChange {
        EndpointChange {
            url: Some(self.url.clone()),
            description: Some(self.name.clone()),
            is_disabled: Some(!self.is_enabled),
            event_types: Some(self.events()),
            filter: Some(self.filter()),
            throttle_rate: Some(self.rate()),
            format: Some(self.format()),
            headers: self.pairs(),
            keeps_hidden_headers: true,
            credentials: Some(self.auth.change()),
            ..EndpointChange::default()
        }
    }
}

/// Headers, one a line.
pub(crate) fn lines(headers: &ShownHeaders) -> String {
    let lines = headers
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Which fields a use case finds wrong; the fault if it is something else.
pub(crate) fn found_wrong(error: ServiceError, fields: &Fields) -> Result<Vec<Wrong>, Fault> {
    let ServiceError::Invalid(problems) = error else {
        return Err(error.into());
    };
    let mut wrong: Vec<Wrong> = Vec::new();
    for problem in &problems {
        let found = field_of(problem, fields);
        if !wrong.contains(&found) {
            wrong.push(found);
        }
    }
    Ok(wrong)
}

fn field_of(problem: &FieldProblem, fields: &Fields) -> Wrong {
    match problem.loc.get(1).map(String::as_str) {
        Some("url") if !fields.url.starts_with("https://") => (Field::Url, "wrong-url-https"),
        Some("url") => (Field::Url, "wrong-url"),
        Some("eventTypes") => (Field::Events, "wrong-events-unknown"),
        Some("throttleRate") => (Field::Rate, "wrong-rate"),
        Some("headers") => (Field::Headers, "wrong-headers"),
        Some("filter") => (Field::Filter, "wrong-filter"),
        Some("credentials") => (Field::Auth, "wrong-auth"),
        _ => (Field::Name, "wrong-name-long"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Fields {
        Fields::typed(&Posted::parse(text.as_bytes()))
    }

    #[test]
    fn an_empty_form_names_each_field_that_must_be_there() {
        let wrong = typed("").wrong("app_1");
        let fields: Vec<_> = wrong.iter().map(|(field, _)| *field).collect();
        assert_eq!(
            fields,
            [Field::Name, Field::Entity, Field::Url, Field::Events]
        );
    }

    #[test]
    fn a_whole_form_is_a_draft() {
        let text = "name=Wink+Stalker&enabled=on&entity=app_1&url=https://a.test/b&events=x&events=y&format=xml\
            &auth=basic&user=u&password=p&rate=5&headers=X-A:+1%0D%0AX-B:2";
        let fields = typed(text);
        assert!(fields.wrong("app_1").is_empty());
        let draft = fields.draft();
        assert_eq!(draft.description, "Wink Stalker");
        assert!(!draft.is_disabled);
        assert_eq!(draft.event_types, ["x", "y"]);
        assert_eq!(draft.throttle_rate, Some(5));
        assert_eq!(draft.format, BodyFormat::Xml);
        let headers = draft.headers.unwrap();
        assert_eq!(
            (headers["X-A"].as_str(), headers["X-B"].as_str()),
            ("1", "2")
        );
        assert_eq!(draft.credentials.unwrap().parts["password"], "p");
    }

    #[test]
    fn all_events_wins_over_those_that_are_ticked() {
        let fields = typed("all=on&events=x");
        assert!(fields.draft().event_types.is_empty());
    }

    #[test]
    fn what_is_no_number_and_what_is_no_header_is_wrong() {
        for (text, field) in [
            ("rate=0", Field::Rate),
            ("rate=many", Field::Rate),
            ("headers=nothing", Field::Headers),
            ("headers=Host:+x", Field::Headers),
        ] {
            let wrong = typed(text).wrong("");
            assert!(wrong.iter().any(|(own, _)| *own == field), "{text}");
        }
    }
}
