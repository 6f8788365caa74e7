//! The real program: commands that run to their end, and a server that is started, stopped and killed.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::Arc;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::wait::within;

/// How much of a log is shown when a test fails, in bytes from its end.
const SHOWN_BYTES_MAX: usize = 20_000;

/// The program, its data folder, and the environment that it runs in.
#[derive(Debug, Clone)]
pub struct Program {
    binary: PathBuf,
    folder: Arc<TempDir>,
    data: PathBuf,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    wrapper: Vec<String>,
}

impl Program {
    /// The program at `binary`, with a fresh folder inside `scratch` for its data and logs. Settings of
    /// whoever runs the tests do not reach it.
    pub fn new(binary: impl Into<PathBuf>, scratch: impl AsRef<Path>) -> Self {
        std::fs::create_dir_all(&scratch).unwrap();
        let folder = tempfile::Builder::new()
            .prefix("tidings-")
            .tempdir_in(scratch);
        let folder = Arc::new(folder.unwrap());
        Self {
            binary: binary.into(),
            data: folder.path().join("data"),
            folder,
            arguments: Vec::new(),
            variables: Vec::new(),
            wrapper: Vec::new(),
        }
    }

    /// With one more argument to `serve`.
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Without an argument to `serve`.
    pub fn without_argument(mut self, argument: &str) -> Self {
        self.arguments.retain(|other| other != argument);
        self
    }

    /// With a setting: `TIDINGS_` and its name in capitals.
    pub fn setting(self, name: &str, value: &str) -> Self {
        let name = format!("TIDINGS_{}", name.to_ascii_uppercase());
        self.variable(&name, value)
    }

    /// With a variable in its environment.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a library loaded before all others.
    pub fn preload(self, library: &Path) -> Self {
        self.variable("LD_PRELOAD", library.to_str().unwrap())
    }

    /// With its data there.
    pub fn data_in(mut self, data: impl Into<PathBuf>) -> Self {
        self.data = data.into();
        self
    }

    /// Run by another program, which is given the command line as its last arguments.
    pub fn wrapped_in(mut self, wrapper: &[&str]) -> Self {
        self.wrapper = wrapper.iter().map(ToString::to_string).collect();
        self
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The folder for everything of this test; it goes when the last user goes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self) -> Command {
        let mut words = self.wrapper.iter().map(String::as_str);
        let mut command = match words.next() {
            Some(wrapper) => {
                let mut command = Command::new(wrapper);
                command.args(words).arg(&self.binary);
                command
            }
            None => Command::new(&self.binary),
        };
        command
            .env_clear()
            .env(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            )
            .env("HOME", self.folder.path())
            .env("RUST_BACKTRACE", "1")
            // The databases of tests sync nothing.
            .env("TIDINGS_STORE_ALLOW_UNSAFE", "fsync")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end, with the data folder where it takes one.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        self.run_with_input(arguments, None).await
    }

    /// The same with something on standard input.
    pub async fn run_with_input(&self, arguments: &[&str], input: Option<&str>) -> Output {
        let mut command = self.command();
        command.args(arguments);
        if matches!(
            arguments[0],
            "api-users" | "distribute" | "doctor" | "import" | "keys" | "migrate" | "serve"
        ) {
            command.arg("--data").arg(&self.data);
        }
        if let Some(input) = input {
            let file = self.folder.path().join("input");
            std::fs::write(&file, input).unwrap();
            command.stdin(File::open(file).unwrap());
        }
        within("a command", command.output()).await.unwrap()
    }

    /// Makes an API key.
    pub async fn create_key(&self, name: &str, environment: &str) -> String {
        let output = self
            .run(&[
                "keys",
                "create",
                "--name",
                name,
                "--environment",
                environment,
            ])
            .await;
        assert!(output.status.success(), "{}", shown(&output));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Starts a command that goes on, with what it prints line by line.
    pub fn spawn(
        &self,
        arguments: &[&str],
    ) -> (
        Child,
        tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
    ) {
        let mut command = self.command();
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .unwrap();
        let command = command.args(arguments).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        (child, lines)
    }

    /// Where servers write their logs, one after another.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("stderr")
    }

    /// What servers have logged.
    pub fn log_text(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Starts a server; panics unless it listens.
    pub async fn serve(&self) -> Server {
        match self.try_serve().await {
            Ok(server) => server,
            Err(status) => panic!("the server ended with {status}:\n{}", self.log_text()),
        }
    }

    /// Starts a server.
    ///
    /// # Errors
    /// When it ends before it listens.
    pub async fn try_serve(&self) -> Result<Server, ExitStatus> {
        let data = self.data.to_str().unwrap().to_owned();
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--data", &data];
        arguments.extend(self.arguments.iter().map(String::as_str));
        let (mut child, mut lines) = self.spawn(&arguments);
        let line = within("the server to listen", lines.next_line())
            .await
            .unwrap();
        let Some(line) = line else {
            return Err(within("a failed server to end", child.wait())
                .await
                .unwrap());
        };
        let address = line.strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("the first line was {line:?}"));
        let address = address.parse().unwrap();
        // The pipe stays open, for a server that prints more must not fail for it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Server {
            child,
            address,
            program: self.clone(),
        })
    }
}

/// A running server. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    program: Program,
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub fn pid(&self) -> Pid {
        let id = self.child.id().expect("it has not been waited for");
        Pid::from_raw(i32::try_from(id).unwrap()).expect("no process has number 0")
    }

    /// Kills it as a crash would, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        kill_process(self.pid(), Signal::TERM).unwrap();
    }

    /// Waits until it has ended by itself.
    pub async fn ended(mut self) -> ExitStatus {
        within("the server to end", self.child.wait())
            .await
            .unwrap()
    }

    /// The same with another limit; the server if it goes on.
    ///
    /// # Errors
    /// When it still runs.
    pub async fn ended_in(mut self, limit: std::time::Duration) -> Result<ExitStatus, Self> {
        match tokio::time::timeout(limit, self.child.wait()).await {
            Ok(status) => Ok(status.unwrap()),
            Err(_) => Err(self),
        }
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Stops it in good order.
    pub async fn stop(self) {
        self.terminate();
        let program = self.program.clone();
        let status = self.ended().await;
        assert!(status.success(), "{status}:\n{}", program.log_text());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            show_end(&self.program.log_text());
        }
    }
}

/// What a command said, for people.
pub fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    format!("{}\nstdout: {stdout}\nstderr: {stderr}", output.status)
}

#[expect(
    clippy::print_stderr,
    reason = "a failing test shows what the server said"
)]
fn show_end(log: &str) {
    let from = log.len().saturating_sub(SHOWN_BYTES_MAX);
    let from = (from..log.len()).find(|place| log.is_char_boundary(*place));
    eprintln!("--- the server's log ---\n{}", &log[from.unwrap_or(0)..]);
}
