//! `tidings tail`.
use crate::cli::TailArgs;
pub(crate) fn run(_: &TailArgs) -> anyhow::Result<()> {
    anyhow::bail!("being written")
}
