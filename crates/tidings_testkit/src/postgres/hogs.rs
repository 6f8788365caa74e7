//! Connections that do nothing but take up room, until the server has none left.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use std::time::Duration;

/// How long until a server that is full is tried again.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(1);

/// Takes every connection that comes free. All are closed when this is dropped.
#[derive(Debug)]
pub struct Hogs {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Hogs {
    /// Takes all that there are for ordinary users, as this one, and goes on with it. Returns when the
    /// server is full.
    pub fn take_all(socket: PathBuf, user: &'static str) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let told = is_over.clone();
        let (full, is_full) = sync_channel(1);
        let thread = std::thread::spawn(move || {
            let mut taken = Vec::new();
            while !told.load(Ordering::Relaxed) {
                if let Some(connection) = connect(&socket, user) {
                    taken.push(connection);
                } else {
                    let _ = full.try_send(()); // once is enough
                    std::thread::sleep(TRY_AGAIN_AFTER); // tidy: waits for a connection to come free
                }
            }
        });
        is_full.recv().unwrap();
        Self {
            is_over,
            thread: Some(thread),
        }
    }
}

impl Drop for Hogs {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts a session, which needs no password here. None if the server refuses.
fn connect(socket: &Path, user: &str) -> Option<UnixStream> {
    let mut connection = UnixStream::connect(socket).ok()?;
    let mut start = 196_608_u32.to_be_bytes().to_vec(); // version 3.0 of the protocol
    start.extend(format!("user\0{user}\0database\0postgres\0\0").bytes());
    let length = u32::try_from(start.len() + 4).unwrap();
    connection.write_all(&length.to_be_bytes()).ok()?;
    connection.write_all(&start).ok()?;
    // `R`: authentication went well; it is only then that the server looks for room, and goes on with `S`.
    let mut authentication = [0; 9];
    connection.read_exact(&mut authentication).ok()?;
    let mut next = [0];
    connection.read_exact(&mut next).ok()?;
    (authentication[0] == b'R' && next == *b"S").then_some(connection)
}
