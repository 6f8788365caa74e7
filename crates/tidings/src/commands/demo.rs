//! `tidings demo`.
use crate::cli::DemoArgs;
pub(crate) fn run(_: &DemoArgs) -> anyhow::Result<()> {
    anyhow::bail!("being written")
}
