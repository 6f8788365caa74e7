//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tidings_domain::access::Role;
use tidings_store_postgres::distribute::{SHARDS_DEFAULT, SHARDS_MAX};

/// Webhooks for any product, in one binary.
///
/// The product posts what happened; Tidings writes it down and delivers it to whoever asked: signed,
/// retried, isolated, logged, replayable.
///
/// Settings come from the defaults, then from a file (`--config`), then from `TIDINGS_…` variables, then
/// from flags. docs/operating.md lists them all.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 the data cannot be used (locked,
/// read-only, full, from a newer version), 74 the disk failed.
#[derive(Debug, Parser)]
#[command(name = "tidings", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    ///
    /// Prints one line `listening on http://…` to standard output once it can serve; everything else
    /// goes to standard error. SIGTERM or Ctrl-C stops it in good order: no new work, requests under
    /// way end or are written down as owed. A second signal ends it at once; nothing accepted is lost
    /// either way.
    Serve(ServeArgs),
    /// See Tidings at work: a server, an endpoint, real deliveries, all on this machine.
    ///
    /// Runs on fresh data in a folder of its own, which is removed at the end. Goes on printing deliveries
    /// until Ctrl-C, so that you can send your own.
    Demo(DemoArgs),
    /// Make, list and revoke API keys, beside a running server or without one.
    Keys(KeysArgs),
    /// Make, list and revoke API users, who manage the REST hooks of one application.
    ApiUsers(ApiUsersArgs),
    /// Bring the database to what this version needs, while servers run or before they start.
    ///
    /// A server does the same when it starts. Forward only; on PostgreSQL nobody who writes waits longer
    /// than 200 ms for it, of two that migrate one waits, and what was interrupted goes on the next time.
    Migrate(MigrateArgs),
    /// Look at the store: whether it keeps what it is given, and will go on doing so.
    ///
    /// Prints one line for each thing it looks at: ok, warn, fail, or a note. Changes nothing, and works
    /// beside running servers. The exit code is 1 if something fails.
    Doctor(DoctorArgs),
    /// Spread a PostgreSQL database over several machines, by the extension Citus.
    ///
    /// Prints and runs the statements that do so. A fresh database gets its tables first. What is
    /// distributed already is left as it is, so it can be run again.
    Distribute(DistributeArgs),
    /// Send a message through a running server.
    ///
    /// Prints the message's id, alone, on standard output once the server has it on disk.
    ///
    /// The server is named by `TIDINGS_URL` and the key by `TIDINGS_TOKEN`, or both by a profile: the
    /// file that `TIDINGS_PROFILE` names, or ~/.config/tidings/profile.toml, with `url` and `token`.
    /// Without a URL it is `http://127.0.0.1:8071`.
    Send(SendArgs),
    /// Watch attempts as they happen, through a running server.
    ///
    /// One line for each: time, outcome (✓ delivered, ↻ to be tried again, ✗ given up, – canceled), event
    /// type, endpoint, attempt, answer, duration, and when it is tried again. Server and key as for
    /// `tidings send`.
    Tail(TailArgs),
    /// Fill the catalogue of event types, through a running server.
    ///
    /// A catalogue has event types with labels in several languages, schemas and samples; docs/catalogs.md
    /// describes the format. Server and key as for `tidings send`.
    Catalog(CatalogArgs),
    /// Copy everything from a data folder into a PostgreSQL database.
    ///
    /// The server on the folder must be stopped. What a crash has left in nobody's hands is written down as
    /// owed first. The database must be empty, or hold a part of this same copy: one that was broken off goes
    /// on where it was. At the end everything is read back and compared; until then no server starts on the
    /// database. Ids, numbers, times, payloads and sealed secrets stay as they are, so the same master key
    /// goes along.
    Copy(CopyArgs),
    /// Bring applications, endpoints and event types from another server of the Svix API.
    ///
    /// They are written straight to the store, beside a running server or without one. What is there already and
    /// equal is left alone, so it can be run again: after a break, or to take over what has changed. At the end
    /// it tells what was brought, and what could not be brought and why. docs/moving.md has the whole way.
    Import(ImportArgs),
    /// Print the OpenAPI document of the API.
    ///
    /// A server of this version gives the same at /api/v1/openapi.json.
    Openapi,
}

/// Where the data are.
#[derive(Debug, Args)]
pub(crate) struct DataArgs {
    /// Folder of the embedded store and the master key [default: tidings-data]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The store: sqlite:FOLDER, or the address of a PostgreSQL database [default: SQLite in the data folder]
    #[arg(long, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// A TOML file of settings
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// Address and port [default: 127.0.0.1:8071]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Allow http:// and loopback targets; for development only
    #[arg(long)]
    pub(crate) dev: bool,
    /// What this node does, of several on one PostgreSQL: all, api or worker [default: all]
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    /// Only print how far the database is and what is left to do
    #[arg(long)]
    pub(crate) status: bool,
    /// The same, with the statements
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// How the findings are written to standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub(crate) output: OutputForm,
}

#[derive(Debug, Args)]
pub(crate) struct DistributeArgs {
    /// Only print the statements; connects to nothing
    #[arg(long)]
    pub(crate) print: bool,
    /// Shards of each table: four to eight for each worker there will ever be
    #[arg(long, value_name = "COUNT", default_value_t = SHARDS_DEFAULT,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(SHARDS_MAX)))]
    pub(crate) shards: u32,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// End after the first ten deliveries; fails if one is missing
    #[arg(long)]
    pub(crate) exit: bool,
    /// Address and port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8071")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key and print it, alone, on standard output. It is shown this once.
    Create {
        /// What people call it
        #[arg(long)]
        name: String,
        /// What its holder may do: viewer, developer, admin or owner
        #[arg(long, default_value = "admin", value_parser = role)]
        role: Role,
        /// When it ends by itself: a time to come such as 90d or 12h, or an instant such as
        /// 2027-01-31T00:00:00Z; never unless it is said
        #[arg(long)]
        expires: Option<String>,
        /// The environment that it opens; made if it is not there
        #[arg(long, default_value = "default")]
        environment: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// List the keys of an environment; the keys themselves are not stored.
    List {
        /// The environment
        #[arg(long, default_value = "default")]
        environment: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Refuse a key from now on; a running server follows within a second.
    Revoke {
        /// The key's id, as `keys list` shows it
        key: String,
        /// The environment
        #[arg(long, default_value = "default")]
        environment: String,
        #[command(flatten)]
        data: DataArgs,
    },
}

fn role(text: &str) -> Result<Role, &'static str> {
    Role::parse(text).ok_or("it takes viewer, developer, admin or owner")
}

#[derive(Debug, Args)]
pub(crate) struct ApiUsersArgs {
    #[command(subcommand)]
    pub(crate) command: ApiUsersCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ApiUsersCommand {
    /// Make one and print `login:password`, alone, on standard output. It is shown this once.
    Create {
        /// Its login; made up if it is not given
        #[arg(long)]
        login: Option<String>,
        #[command(flatten)]
        of: OfApplication,
    },
    /// List those of an application; the passwords are not stored.
    List {
        #[command(flatten)]
        of: OfApplication,
    },
    /// Refuse one from now on; a running server follows within a second. The hooks that it made stay.
    Revoke {
        /// Its number, as `api-users list` shows it
        number: i64,
        #[command(flatten)]
        of: OfApplication,
    },
}

/// Whose API users.
#[derive(Debug, Args)]
pub(crate) struct OfApplication {
    /// The application, by id or uid
    #[arg(long)]
    pub(crate) app: String,
    /// Its environment
    #[arg(long, default_value = "default")]
    pub(crate) environment: String,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CopyArgs {
    /// From where: a data folder, as sqlite:FOLDER
    #[arg(long, value_name = "URL")]
    pub(crate) from: String,
    /// To where: the address of a PostgreSQL database
    #[arg(long, value_name = "URL")]
    pub(crate) to: String,
    /// A TOML file of settings, for the master key
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How the result is written to standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub(crate) output: OutputForm,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    pub(crate) command: ImportCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// From Svix, hosted or not, or from another Tidings.
    Svix(ImportSvixArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ImportSvixArgs {
    /// The server to read from, such as `https://api.eu.svix.com`
    #[arg(long, value_name = "URL")]
    pub(crate) url: String,
    /// A token of the environment there, or `@file` that has it
    #[arg(long, value_name = "TOKEN")]
    pub(crate) token: String,
    /// The environment here; made if it is not there
    #[arg(long, default_value = "default")]
    pub(crate) environment: String,
    /// Only count what would be brought
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputForm {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// The application, by id or uid
    pub(crate) app: String,
    /// The event type
    pub(crate) event_type: String,
    /// The payload: a JSON object, `@file`, or `-` for standard input [default: {}]
    pub(crate) payload: Option<String>,
    /// The event's own id, by which a repeated event is noticed
    #[arg(long)]
    pub(crate) event_id: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CatalogArgs {
    #[command(subcommand)]
    pub(crate) command: CatalogCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// Make or change the event types of a catalogue: all of them, or none if anything is wrong.
    ///
    /// Importing it again changes nothing. Event types that the catalogue does not have are left alone.
    Import {
        /// The name of a catalogue that comes with Tidings, or a file
        catalog: String,
        /// Only tell what would be made or changed
        #[arg(long)]
        dry_run: bool,
    },
    /// List the catalogues that come with Tidings: name, number of event types, title.
    List,
}

#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    /// Only this application, by id or uid
    #[arg(long)]
    pub(crate) app: Option<String>,
}
