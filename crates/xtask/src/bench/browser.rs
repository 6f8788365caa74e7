//! A browser without one: signed in to the portal or the dashboard of a server, with its cookie.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::pages::text;
use super::servers::Server;
use super::wire::{Answer, Wire};

const FORM: &str = "application/x-www-form-urlencoded";
/// The console says how to set up a moment after it says that it listens.
const PRINTED_FOR_MAX: Duration = Duration::from_secs(10);

pub(super) struct Browser {
    wire: Wire,
    /// Name and value, as they are sent back.
    pub(super) cookie: String,
}

impl Browser {
    /// Opens the portal of an application by a link, which is used up by that.
    pub(super) fn in_portal(server: &Server, application: &str) -> Result<Self> {
        let path = format!("/api/v1/auth/app-portal-access/{application}");
        let made = Wire::with_key(server)?.ask_json("POST", &path, &json!({}))?;
        let link = text(&made, "/url")?;
        let (_, key) = link.split_once("#key=").context("the link has no code")?;
        Self::enter(server, "/portal/login", &format!("key={key}"))
    }

    /// Makes the first owner of the dashboard, who is signed in.
    pub(super) fn in_dashboard(server: &Server) -> Result<Self> {
        let asked_at = Instant::now();
        let code = loop {
            if let Some(code) = code_in(&server.log()) {
                break code.to_owned();
            }
            ensure!(
                asked_at.elapsed() < PRINTED_FOR_MAX,
                "no way to set up was printed"
            );
            std::thread::sleep(Duration::from_millis(5));
        };
        let fields = format!(
            "code={code}&email=bench%40example.com&name=Bench&password=correct+horse+battery"
        );
        Self::enter(server, "/dashboard/set-up", &fields)
    }

    fn enter(server: &Server, path: &str, fields: &str) -> Result<Self> {
        let mut wire = Wire::with_header(server, "accept-language", "en".to_owned())?;
        let entered = wire.exchange(("POST", path), FORM, fields)?;
        ensure!(
            entered.status == 303,
            "{path}: {} {}",
            entered.status,
            entered.text()
        );
        let cookie = entered.header("set-cookie").context("there is no cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self {
            wire: Wire::with_header(server, "cookie", cookie.clone())?,
            cookie,
        })
    }

    /// Goes on over a new connection: the server closes those on which nobody has asked for long.
    pub(super) fn reconnect(&mut self, server: &Server) -> Result<()> {
        self.wire = Wire::with_header(server, "cookie", self.cookie.clone())?;
        Ok(())
    }

    /// The text of a page, which must be there.
    pub(super) fn page(&mut self, path: &str) -> Result<String> {
        let answer = self.wire.exchange(("GET", path), FORM, "")?;
        ensure!(
            answer.status == 200,
            "{path}: {} {}",
            answer.status,
            answer.text()
        );
        ensure!(!answer.body.is_empty(), "{path}: the page is empty");
        Ok(answer.text())
    }

    /// Sends a form that a page shows, with its token. Gives where that leads to.
    pub(super) fn send(&mut self, shown_at: &str, to: &str, fields: &str) -> Result<String> {
        let page = self.page(shown_at)?;
        let token = hidden(&page, "token").with_context(|| format!("{shown_at}: no form"))?;
        let fields = format!("token={token}&{fields}");
        let answer: Answer = self.wire.exchange(("POST", to), FORM, &fields)?;
        let location = answer.header("location");
        let location =
            location.with_context(|| format!("{to}: {} {}", answer.status, answer.text()));
        Ok(location?.to_owned())
    }
}

/// The code of the link that a console shows while there is no member.
fn code_in(log: &str) -> Option<&str> {
    let (_, rest) = log.split_once("/dashboard/set-up#code=")?;
    // Whole only if something comes behind it.
    rest.split_once(char::is_whitespace).map(|(code, _)| code)
}

/// The value of a hidden field.
fn hidden<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_read_once_all_of_it_is_there() {
        assert_eq!(
            code_in("listening on 1\nat http://a/dashboard/set-up#code=abc"),
            None
        );
        let log = "at http://a/dashboard/set-up#code=abc_1 or with the same code";
        assert_eq!(code_in(log), Some("abc_1"));
        assert_eq!(code_in("listening on 1\n"), None);
    }

    #[test]
    fn the_token_of_a_form_is_found() {
        let page = "<form><input type=\"hidden\" name=\"token\" value=\"t1\"></form>";
        assert_eq!(hidden(page, "token"), Some("t1"));
        assert_eq!(hidden(page, "once"), None);
    }
}
