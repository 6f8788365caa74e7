//! What commands print: results on standard output, everything else on standard error.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one place that prints"
)]

use std::io::Write as _;

/// Prints a result line at once, also into a pipe.
pub(crate) fn line(text: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}"); // fails where the reader has gone
    let _ = out.flush();
}

/// Prints why a command failed, with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("tidings: {error:#}");
}

/// Prints a remark that is no result.
pub(crate) fn remark(text: impl std::fmt::Display) {
    eprintln!("{text}");
}
