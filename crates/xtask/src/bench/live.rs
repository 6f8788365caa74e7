//! What it costs that people watch: deliveries a second with many who follow the live parts of pages, and with nobody.

use std::io::{BufReader, Read, Write as _};
use std::net::{Shutdown, TcpStream};
use std::thread::JoinHandle;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::browser::Browser;
use super::figures::median;
use super::large::per_second;
use super::servers::{Kind, Server};
use super::wire::{Wire, read_head};
use super::{Bench, html};

/// How many watch at once.
pub(super) const WATCHERS_COUNT: usize = 200;
/// They do not all read the same language, and each has its own stream made.
const LANGUAGES: [&str; 6] = ["en", "es", "fi", "de", "pl", "it"];
/// Rounds with and without them, of which the medians are taken.
const ROUNDS_COUNT: usize = 5;
const ROUNDS_COUNT_QUICK: usize = 2;
const MESSAGES_COUNT: u64 = 100_000;
const MESSAGES_COUNT_QUICK: u64 = 20_000;

/// Deliveries a second.
pub(super) struct Live {
    pub(super) without_per_s: f64,
    pub(super) with_per_s: f64,
}

impl Live {
    pub(super) fn ratio(&self) -> f64 {
        self.with_per_s / self.without_per_s
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "watchers": WATCHERS_COUNT,
            "without_per_s": self.without_per_s,
            "with_per_s": self.with_per_s,
        })
    }
}

/// One server gets all loads, with watchers and without in turn; whoever was first in one round is second in the next, so
/// that what grows weighs on both.
pub(super) fn measure(bench: &Bench, is_quick: bool) -> Result<Live> {
    let server = Server::start(Kind::Tidings, &bench.folder, None)?;
    let inbox = html::inbox(&mut Wire::with_key(&server)?)?;
    let member = Browser::in_dashboard(&server)?;
    let (rounds, messages) = if is_quick {
        (ROUNDS_COUNT_QUICK, MESSAGES_COUNT_QUICK)
    } else {
        (ROUNDS_COUNT, MESSAGES_COUNT)
    };
    let load = || per_second(&bench.load(&server, messages, &["--concurrency", "64"])?);
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        for is_watched in [round % 2 == 1, round % 2 == 0] {
            if is_watched {
                let watchers = Watchers::start(&server, &member.cookie, &inbox)?;
                with.push(load()?);
                let (events, bytes) = watchers.stop()?;
                eprintln!("    {events} events, {} KiB", bytes / 1_024);
            } else {
                without.push(load()?);
            }
        }
        let (alone, watched) = (without[round], with[round]);
        eprintln!("    nobody watches {alone:.0}/s, {WATCHERS_COUNT} do {watched:.0}/s");
    }
    server.stop()?;
    let median = |values: &[f64]| median(values).unwrap_or(f64::NAN);
    Ok(Live {
        without_per_s: median(&without),
        with_per_s: median(&with),
    })
}

/// Half of them watch the overview, a quarter jobs, a quarter an inbox.
fn address(number: usize, inbox: &str) -> String {
    match number % 4 {
        0 | 1 => "/dashboard/live".to_owned(),
        2 => "/dashboard/jobs/live".to_owned(),
        _ => format!("/dashboard/inboxes/{inbox}/live"),
    }
}

fn language(number: usize) -> &'static str {
    LANGUAGES[number / 4 % LANGUAGES.len()]
}

struct Watchers(Vec<(TcpStream, JoinHandle<Seen>)>);

/// How much a watcher has got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Seen {
    events: usize,
    bytes: usize,
}

impl Watchers {
    /// All of them are connected when this returns.
    fn start(server: &Server, cookie: &str, inbox: &str) -> Result<Self> {
        let host = server.url.trim_start_matches("http://");
        let mut all = Self(Vec::new());
        for number in 0..WATCHERS_COUNT {
            let mut stream = TcpStream::connect(host).context("the server takes no connection")?;
            let (path, language) = (address(number, inbox), language(number));
            write!(
                stream,
                "GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\naccept-language: {language}\r\n\r\n"
            )?;
            let mut reader = BufReader::new(stream.try_clone()?);
            let (status, _) = read_head(&mut reader)?;
            ensure!(status == 200, "{path}: {status}");
            let reading = std::thread::Builder::new().stack_size(256 * 1_024);
            let reading = reading.spawn(move || read(&mut reader))?;
            all.0.push((stream, reading));
        }
        Ok(all)
    }

    /// Disconnects them. Gives how many events they have got, and how many bytes.
    fn stop(self) -> Result<(usize, usize)> {
        let mut all = Seen::default();
        for (number, (stream, reading)) in self.0.into_iter().enumerate() {
            stream.shutdown(Shutdown::Both)?;
            let Ok(seen) = reading.join() else {
                anyhow::bail!("a watcher has failed");
            };
            // An inbox that catches nothing has nothing to tell.
            ensure!(
                seen.events > 0 || number % 4 == 3,
                "watcher {number} has seen nothing"
            );
            all.events += seen.events;
            all.bytes += seen.bytes;
        }
        Ok((all.events, all.bytes))
    }
}

/// Reads a stream to its end. An event comes in a chunk of its own, a second after the one before, so it is looked for only
/// where something that is read begins: looking at everything would cost what is to be measured.
fn read(stream: &mut impl Read) -> Seen {
    const BEGINNING: usize = 32;
    let mut seen = Seen::default();
    let mut buffer = vec![0; 64 * 1_024];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let beginning = &buffer[..count.min(BEGINNING)];
        let is_event = beginning.windows(7).any(|part| part == b"\r\ndata:");
        seen.events += usize::from(is_event);
        seen.bytes += count;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watchers_are_spread_over_what_there_is_and_over_languages() {
        let addresses = (0..WATCHERS_COUNT).map(|number| address(number, "i"));
        let of_overview = addresses.filter(|address| address == "/dashboard/live");
        assert_eq!(of_overview.count(), WATCHERS_COUNT / 2);
        for language in LANGUAGES {
            for kind in 0..4 {
                let mut numbers = (0..WATCHERS_COUNT).filter(|number| number % 4 == kind);
                assert!(numbers.any(|number| self::language(number) == language));
            }
        }
    }

    #[test]
    fn events_are_counted_and_comments_are_not() {
        struct Parts(Vec<&'static [u8]>);
        impl Read for Parts {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let part = if self.0.is_empty() {
                    b""
                } else {
                    self.0.remove(0)
                };
                buffer[..part.len()].copy_from_slice(part);
                Ok(part.len())
            }
        }
        let parts: Vec<&[u8]> = vec![
            b"8\r\n: open\n\n\r\n1f\r\ndata: <b>1</b>\ndata: 2\n\n\r\n",
            b"e\r\n: still here\n\n\r\n",
            b"9\r\ndata: 3\n\n\r\n",
        ];
        let bytes = parts.iter().map(|part| part.len()).sum();
        let seen = read(&mut Parts(parts));
        assert_eq!(seen, Seen { events: 2, bytes });
    }

    #[test]
    fn the_ratio_is_that_of_those_who_are_watched_to_those_who_are_not() {
        let live = Live {
            without_per_s: 20_000.0,
            with_per_s: 19_000.0,
        };
        assert!((live.ratio() - 0.95).abs() < 1e-9);
    }
}
