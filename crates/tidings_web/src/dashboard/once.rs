//! What is shown once: the link of an invitation, the text of a key.

use askama::Template;

use super::member::Shell;
use crate::page::Page;

/// A page with something that is shown nowhere else.
#[derive(Template)]
#[template(path = "dashboard/once.html")]
pub(super) struct ShownOnce {
    pub(super) page: Page,
    pub(super) shell: Shell,
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) secret: String,
    /// Where to go afterwards, and what that is called.
    pub(super) back: String,
    pub(super) back_to: String,
}
