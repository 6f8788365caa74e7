//! The project's own commands, run as `cargo xtask NAME`. They are for people who work on Tidings; nothing
//! of them is in the product.
//!
//! One file (and folder) per command: `test`, `tidy`, `bench`, `kill-run`, `fault-run`, `five-products`,
//! `conformance`, `openapi`. What they share is in `folders`, `stage`, `processes` and `cluster`.
//! A command that cannot do its work ends with exit code 1 and says what to do about it.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to its terminal"
)]

mod bench;
mod cluster;
mod conformance;
mod e2e;
mod fault_run;
mod five_products;
mod folders;
mod kill_run;
mod openapi;
mod processes;
mod stage;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing and runs every test; the last line is `N passed, N failed`
    Test(test::Options),
    /// Checks the rules that no compiler checks: layer walls, file sizes, forbidden calls
    Tidy,
    /// Kills the server under load, again and again, and counts what came of it
    KillRun(kill_run::Options),
    /// Lets the database fail under load, again and again, and counts what came of it
    FaultRun(fault_run::Options),
    /// Checks what the five source products do, row by row
    FiveProducts(five_products::Options),
    /// Tries this build with the unmodified Svix SDKs and prints what of the API there is
    Conformance(conformance::Options),
    /// Writes docs/openapi.json anew from the code, or checks that it is as the code says
    Openapi(openapi::Options),
    /// Walks the pages in a real browser, in six languages, and keeps screenshots
    E2e(e2e::Options),
    /// Measures Tidings beside the measuring stick and writes the table of bench/README.md
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Test(options) => Ok(test::run(&options)),
        Command::Tidy => tidy::run(),
        Command::KillRun(options) => kill_run::run(&options),
        Command::FaultRun(options) => fault_run::run(&options),
        Command::FiveProducts(options) => five_products::run(&options),
        Command::Conformance(options) => conformance::run(&options),
        Command::Openapi(options) => openapi::run(&options),
        Command::E2e(options) => e2e::run_browser(&options),
        Command::Bench(options) => bench::run(&options),
    };
    result.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
