//! `tidings import svix`: applications, endpoints and event types from another server of the Svix API.
//!
//! The source is read page by page over HTTP. Here, everything goes through the API within the process, so what
//! the API refuses is refused here, in the same words. What is equal is left alone; so a run that was broken off
//! is simply run again.

mod applications;
mod endpoints;
mod event_types;
mod integrations;
mod known;
mod objects;
mod report;
mod source;
mod target;

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use tidings_service::Caller;

use super::Usage;
use super::client::ClientError;
use super::keys::find;
use crate::cli::{ImportCommand, ImportSvixArgs};
use crate::lifecycle::runtime;
use crate::{node, output};
use known::Known;
use report::{Kind, Report};
use source::Source;
use target::Target;

/// What the parts of an import share.
struct Import {
    source: Source,
    target: Target,
    known: Known,
    is_dry_run: bool,
}

pub(crate) fn run(command: &ImportCommand) -> anyhow::Result<()> {
    match command {
        ImportCommand::Svix(args) => svix(args),
    }
}

fn svix(args: &ImportSvixArgs) -> anyhow::Result<()> {
    let source = Source::new(&args.url, &read_token(&args.token)?)?;
    let settings = super::load_settings(&args.data)?;
    runtime(2)?.block_on(async {
        let service = node::without_delivery(&settings).await?;
        let environment = if args.dry_run {
            let found = find(&service, &args.environment).await;
            found.context("a dry run makes no environment")?
        } else {
            service.ensure_environment(&args.environment).await?
        };
        let caller = Caller::operator(environment.ordinal);
        let known = Known::open(&settings.data, (source.url(), &args.environment))?;
        let import = Arc::new(Import {
            target: Target::new(Arc::new(service), caller),
            source,
            known,
            is_dry_run: args.dry_run,
        });
        let mut report = Report::default();
        let result = bring(&import, &mut report).await;
        tell(&import, args, &report, result.is_ok());
        result.context("the import was broken off; run it again, and it goes on where it was")?;
        match report.failed() {
            0 => Ok(()),
            failed => Err(anyhow!(
                "{failed} could not be brought; the report says why"
            )),
        }
    })
}

/// The token, or what the file has that is named.
fn read_token(token: &str) -> anyhow::Result<String> {
    let Some(file) = token.strip_prefix('@') else {
        return Ok(token.to_owned());
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| Usage(format!("the file {file} cannot be read: {error}")))?;
    Ok(text.trim().to_owned())
}

/// Event types first, since endpoints name them.
async fn bring(import: &Arc<Import>, report: &mut Report) -> Result<(), ClientError> {
    event_types::bring_all(import, report).await?;
    applications::bring_all(import, report).await?;
    let place = endpoints::Place {
        kind: Kind::OperationalEndpoint,
        source: "/operational-webhook/endpoint".to_owned(),
        target: Some("/operational-webhook/endpoint".to_owned()),
        application: None,
    };
    match endpoints::bring_all(import, &place, report).await {
        // Not every server has them.
        Err(ClientError::Refused {
            status: 403 | 404 | 405 | 501,
            ..
        }) => Ok(()),
        result => result,
    }
}

fn tell(import: &Import, args: &ImportSvixArgs, report: &Report, is_complete: bool) {
    if args.json {
        let url = import.source.url();
        output::line(report.to_json(url, &args.environment, (args.dry_run, is_complete)));
        return;
    }
    for line in report.lines(args.dry_run) {
        output::line(line);
    }
}
