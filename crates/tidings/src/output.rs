//! What commands print: results on standard output, everything else on standard error.
#![expect(clippy::print_stderr, reason = "the one place that prints")]

use std::io::{IsTerminal as _, Write as _};

use crate::config;

/// Prints a result line at once, also into a pipe.
pub(crate) fn line(text: impl std::fmt::Display) {
    let _ = try_line(text); // fails where the reader has gone
}

/// Prints a result line at once. False if nobody reads any more.
pub(crate) fn try_line(text: impl std::fmt::Display) -> bool {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).is_ok()
}

/// Prints why a command failed, with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("tidings: {error:#}");
}

/// Prints a remark that is no result.
pub(crate) fn remark(text: impl std::fmt::Display) {
    eprintln!("{text}");
}

/// Whether remarks are read by a person as they come.
pub(crate) fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// Writes a remark over the one before, on a terminal.
pub(crate) fn redraw(text: impl std::fmt::Display) {
    eprint!("\r\x1b[K{text}");
}

/// What a piece of text says, for those who see colours. Never the only sign of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// It worked.
    Good,
    /// It is not over.
    Waiting,
    /// It failed.
    Bad,
    /// Beside the point.
    Quiet,
}

/// Whether text is coloured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    is_on: bool,
}

impl Paint {
    /// Colours on a terminal, unless the environment asks for none.
    pub(crate) fn of_output() -> Self {
        let is_on = std::io::stdout().is_terminal() && config::allows_colours();
        Self { is_on }
    }

    /// No colours.
    #[cfg(test)]
    pub(crate) fn off() -> Self {
        Self { is_on: false }
    }

    /// The text in its colour.
    pub(crate) fn text(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            _ if !self.is_on => return text.to_owned(),
            Tone::Good => "32",
            Tone::Waiting => "33",
            Tone::Bad => "31",
            Tone::Quiet => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_left_out_where_nobody_sees_them() {
        assert_eq!(Paint::off().text(Tone::Good, "✓"), "✓");
        let paint = Paint { is_on: true };
        assert_eq!(paint.text(Tone::Good, "✓"), "\x1b[32m✓\x1b[0m");
    }
}
