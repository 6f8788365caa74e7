//! How the portal of an environment looks.

use serde_json::json;
use tidings_domain::audit::Action;
use tidings_domain::theme::Theme;

use crate::audit::Touched;
use crate::error::{FieldProblem, Problems, ServiceError};
use crate::{Caller, Service};

impl Service {
    /// The theme of the caller's environment.
    pub async fn theme(&self, caller: Caller) -> Result<Theme, ServiceError> {
        Ok(self.store.theme(caller.environment).await?)
    }

    /// Replaces it. What cannot be read, or does more than to be seen, is refused.
    pub async fn put_theme(&self, caller: Caller, theme: Theme) -> Result<Theme, ServiceError> {
        let mut problems = Problems::default();
        for (field, refused) in theme.problems() {
            problems.push(FieldProblem::body(field, refused.to_string()));
        }
        problems.finish()?;
        // The logo is a picture; that there is one says enough.
        let after = json!({
            "productName": theme.product_name, "accent": theme.accent, "accentDark": theme.accent_dark,
            "font": theme.font, "hasLogo": theme.logo.is_some(),
        });
        let touched = Touched {
            changes: vec![json!({ "field": "theme", "after": after })],
            ..Touched::new()
        };
        let store = self.noting(caller, Action::ThemeReplace, touched).await?;
        store.put_theme(caller.environment, theme.clone()).await?;
        Ok(theme)
    }
}
