//! `tidings send`.
use crate::cli::SendArgs;
pub(crate) fn run(_: &SendArgs) -> anyhow::Result<()> {
    anyhow::bail!("being written")
}
