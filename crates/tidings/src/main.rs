//! Tidings: webhooks for any product, in one binary.
//!
//! This crate reads settings, puts the parts together, and runs commands. Rules, storage, delivery and
//! HTTP are in crates of their own.

mod cli;
mod commands;
mod config;
mod engine;
mod lifecycle;
mod master_key;
mod node;
mod output;
mod server;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// Each message makes some hundred allocations, most of them freed by another thread than made them: with the system's allocator they
/// cost an eighth of the server's time, with this one half of that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::from(commands::exit_code(&error))
        }
    }
}
