//! Buttons: made, found, listed, changed, deleted, each with the endpoint that its presses go to.

use crate::audit::Touched;
use bytes::Bytes;
use tidings_domain::application::Metadata;
use tidings_domain::audit::Action;
use tidings_domain::body_format::BodyFormat;
use tidings_domain::button::{
    Board, Button, ButtonPatch, Face, Place, check_colour, check_label, check_message,
    check_payload, check_picture,
};
use tidings_domain::ids::ButtonId;
use tidings_domain::names::check_uid;
use tidings_domain::signature::Secret;
use tidings_store::{Dedup, NewButton, NewEndpoint, Reference, Written};

use crate::endpoints::ShownSecret;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::pages::wrong_iterator;
use crate::payload::JsonText;
use crate::{Caller, Listed, PageQuery, Service};

pub(super) const NOT_FOUND: ServiceError = ServiceError::NotFound { what: "button" };

/// What a caller says of a button; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ButtonDraft {
    /// The product's own name for it; `Some(None)` takes it away.
    pub uid: Option<Option<String>>,
    /// Its board by id or uid, for a new one.
    pub board: Option<String>,
    /// Which row, from 0 on.
    pub row: Option<u32>,
    /// Which column, from 0 on.
    pub column: Option<u32>,
    /// What stands on it.
    pub label: Option<String>,
    /// What it says.
    pub message: Option<String>,
    /// A URL or a `data:` URL; `Some(None)` takes it away.
    pub picture: Option<Option<String>>,
    /// `#rrggbb`; `Some(None)` takes it away.
    pub colour: Option<Option<String>>,
    /// Where presses go.
    pub url: Option<String>,
    /// What they send; `Some(None)` sends nothing.
    pub payload: Option<Option<String>>,
}

impl ButtonDraft {
    fn check(&self, problems: &mut Problems) {
        if let Some(Some(uid)) = &self.uid {
            problems.check("uid", check_uid(uid, ButtonId::PREFIX));
        }
        if let Some(label) = &self.label {
            problems.check("label", check_label(label));
        }
        if let Some(message) = &self.message {
            problems.check("message", check_message(message));
        }
        if let Some(Some(picture)) = &self.picture {
            problems.check("picture", check_picture(picture));
        }
        if let Some(Some(colour)) = &self.colour {
            problems.check("colour", check_colour(colour));
        }
        if let Some(Some(payload)) = &self.payload {
            problems.check("payload", check_payload(payload));
            let bytes = Bytes::copy_from_slice(payload.as_bytes());
            if JsonText::check(&bytes).is_err() {
                let msg = "is nested deeper than 64 levels";
                problems.push(FieldProblem::body("payload", msg));
            }
        }
    }

    fn check_required(&self, problems: &mut Problems) {
        for (field, is_missing) in [
            ("boardId", self.board.is_none()),
            ("row", self.row.is_none()),
            ("column", self.column.is_none()),
            ("label", self.label.is_none()),
            ("url", self.url.is_none()),
        ] {
            if is_missing {
                let missing = FieldProblem::body(field, "field required");
                problems.push(missing.of_kind("value_error.missing"));
            }
        }
    }

    /// What it shows. A button that says nothing else says its label.
    fn face(&self) -> Face {
        let label = self.label.clone().unwrap_or_default();
        Face {
            message: self.message.clone().unwrap_or_else(|| label.clone()),
            label,
            picture: self.picture.clone().flatten(),
            colour: self.colour.clone().flatten(),
            payload: self.payload.clone().flatten(),
        }
    }
}

fn check_place(board: &Board, place: Place, problems: &mut Problems) {
    for (field, at, side) in [
        ("row", place.row, board.rows),
        ("column", place.column, board.columns),
    ] {
        if at >= side {
            let msg = format!("must lie between 0 and {}, the last {field}", side - 1);
            problems.push(FieldProblem::body(field, msg));
        }
    }
}

/// By id or uid, if it can be either.
fn reference(name: &str) -> Option<Reference<ButtonId>> {
    if let Ok(id) = name.parse() {
        return Some(Reference::Id(id));
    }
    check_uid(name, ButtonId::PREFIX).ok()?;
    Some(Reference::Uid(name.to_owned()))
}

impl Service {
    /// Makes a button.
    pub async fn create_button(
        &self,
        caller: Caller,
        application: &str,
        draft: ButtonDraft,
        dedup: Option<Dedup>,
    ) -> Result<Button, ServiceError> {
        self.check_has_webhooks(caller, application).await?;
        let application = self.bare_application(caller, application).await?;
        let mut problems = Problems::default();
        draft.check_required(&mut problems);
        draft.check(&mut problems);
        let url = self.check_button_url(draft.url.as_deref(), &mut problems);
        let (ordinal, environment) = (application.id.seq(), application.environment);
        let owner = application.id;
        let place = Place {
            row: draft.row.unwrap_or_default(),
            column: draft.column.unwrap_or_default(),
        };
        let board = match &draft.board {
            Some(name) => match self.find_board(ordinal, name).await {
                Err(ServiceError::NotFound { .. }) => {
                    let msg = "there is no such board in this application";
                    problems.push(FieldProblem::body("boardId", msg));
                    None
                }
                found => Some(found?),
            },
            None => None,
        };
        if let Some(board) = &board {
            check_place(board, place, &mut problems);
        }
        problems.finish()?;
        let (Some(board), Some(url)) = (board, url) else {
            return Err(NOT_FOUND);
        };
        let new = NewButton {
            board: board.ordinal(),
            place,
            face: draft.face(),
            uid: draft.uid.flatten(),
            endpoint: self.hidden_endpoint(ordinal, environment, url),
        };
        let uid = new.uid.clone();
        let store = self
            .noting(caller, Action::ButtonCreate, Touched::of(owner))
            .await?;
        let written = store.create_button(new, dedup).await?;
        done(written, uid.as_deref())
    }

    fn check_button_url(&self, url: Option<&str>, problems: &mut Problems) -> Option<String> {
        url.and_then(|url| self.check_url(url, problems))
    }

    /// Where presses go: no event reaches it, and it is signed like any other.
    fn hidden_endpoint(&self, application: i64, environment: i64, url: String) -> NewEndpoint {
        let tail = self.entropy.id_tail();
        let secret = Secret::generate(&*self.entropy);
        NewEndpoint {
            application,
            environment,
            uid: None,
            url,
            description: String::new(),
            is_disabled: false,
            event_types: Vec::new(),
            channels: Vec::new(),
            filter: None,
            throttle_rate: None,
            is_fifo: false,
            batch_size: None,
            max_wait_secs: None,
            retry_policy: None,
            co_signature: None,
            format: BodyFormat::Json,
            metadata: Metadata::new(),
            headers: None,
            credentials: None,
            secrets: vec![self.seal_secret(environment, tail, &secret)],
            created_at: self.now(),
            tail,
        }
    }

    /// The button of this id or uid.
    pub async fn button(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<Button, ServiceError> {
        let application = self.bare_application(caller, application).await?;
        self.find_button(application.id.seq(), name).await
    }

    pub(super) async fn find_button(
        &self,
        application: i64,
        name: &str,
    ) -> Result<Button, ServiceError> {
        let reference = reference(name).ok_or(NOT_FOUND)?;
        let found = self.store.button(application, reference).await?;
        found.ok_or(NOT_FOUND)
    }

    /// One page of the buttons of an application, or of one of its boards.
    pub async fn buttons(
        &self,
        caller: Caller,
        application: &str,
        board: Option<&str>,
        query: &PageQuery,
    ) -> Result<Listed<Button>, ServiceError> {
        let application = self.bare_application(caller, application).await?.id.seq();
        let board = match board {
            Some(name) => Some(self.find_board(application, name).await?.ordinal()),
            None => None,
        };
        let after = match &query.cursor {
            Some(cursor) => {
                let id: ButtonId = cursor.id.parse().map_err(|_| wrong_iterator())?;
                Some(id.seq())
            }
            None => None,
        };
        let request = query.request(after);
        let rows = self.store.buttons(application, board, request).await?;
        Ok(query.finish(rows, |button| button.id.to_string()))
    }

    /// Changes a button, which stays on its board.
    pub async fn patch_button(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
        draft: ButtonDraft,
    ) -> Result<Button, ServiceError> {
        self.check_has_webhooks(caller, application).await?;
        let button = self.button(caller, application, name).await?;
        let mut problems = Problems::default();
        draft.check(&mut problems);
        let board = self
            .store
            .board(button.application, Reference::Id(button.board));
        let board = board.await?.ok_or(NOT_FOUND)?;
        if let Some(named) = &draft.board
            && *named != board.id.to_string()
            && Some(named) != board.uid.as_ref()
        {
            let msg = "a button stays on its board; make it anew on the other one";
            problems.push(FieldProblem::body("boardId", msg));
        }
        let place = Place {
            row: draft.row.unwrap_or(button.place.row),
            column: draft.column.unwrap_or(button.place.column),
        };
        check_place(&board, place, &mut problems);
        let url = self.check_button_url(draft.url.as_deref(), &mut problems);
        problems.finish()?;
        let uid = draft.uid.clone().flatten();
        let patch = ButtonPatch {
            uid: draft.uid,
            place: Some(place),
            label: draft.label,
            message: draft.message,
            picture: draft.picture,
            colour: draft.colour,
            payload: draft.payload,
            url,
        };
        let owner = self.bare_application(caller, application).await?.id;
        let store = self
            .noting(caller, Action::ButtonUpdate, Touched::of(owner))
            .await?;
        let changing = store.update_button(button.ordinal(), patch, self.now());
        done(changing.await?, uid.as_deref())
    }

    /// Deletes a button. What the log says of its presses stays.
    pub async fn delete_button(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<(), ServiceError> {
        let button = self.button(caller, application, name).await?;
        let owner = self.bare_application(caller, application).await?.id;
        let touched = Touched::of(owner).known(&button.id, button.uid.as_deref());
        let store = self.noting(caller, Action::ButtonDelete, touched).await?;
        let deleting = store.delete_button(button.ordinal(), self.now());
        if deleting.await? {
            Ok(())
        } else {
            Err(NOT_FOUND)
        }
    }

    /// What presses of a button are signed with.
    pub async fn button_secret(
        &self,
        caller: Caller,
        application: &str,
        name: &str,
    ) -> Result<ShownSecret, ServiceError> {
        let button = self.button(caller, application, name).await?;
        let endpoint = self.store.endpoint_by_ordinal(button.ordinal()).await?;
        self.shown_secret(&endpoint.ok_or(NOT_FOUND)?)
    }
}

fn done(written: Written<Button>, uid: Option<&str>) -> Result<Button, ServiceError> {
    match written {
        Written::Done(button) | Written::Replayed(Some(button)) => Ok(button),
        Written::Taken(other) if uid.is_some() && other.uid.as_deref() == uid => {
            Err(ServiceError::uid_taken("button"))
        }
        Written::Taken(other) | Written::Stale(other) => Err(ServiceError::Conflict {
            code: "place_taken",
            detail: format!(
                "the button {} is at row {}, column {} of this board already",
                other.id, other.place.row, other.place.column
            ),
        }),
        Written::KeyReused => Err(ServiceError::key_reused()),
        Written::Missing | Written::Replayed(None) => Err(NOT_FOUND),
    }
}
