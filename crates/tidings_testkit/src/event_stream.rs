//! A stream of server-sent events, read until something is told.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::wait::within;

/// A stream that stays open, with all that has come so far.
#[derive(Debug)]
pub struct EventStream {
    stream: TcpStream,
    read: Vec<u8>,
}

impl EventStream {
    /// Sends a request whose head lines these are, each with its line end, and waits until the stream is open.
    pub async fn open(address: SocketAddr, head: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("{head}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut events = Self {
            stream,
            read: Vec::new(),
        };
        events.read_until(": open").await;
        events
    }

    /// Reads on until this was told; gives all that has come since the beginning.
    pub async fn read_until(&mut self, wanted: &str) -> String {
        let reading = async {
            while !String::from_utf8_lossy(&self.read).contains(wanted) {
                let count = self.stream.read_buf(&mut self.read).await.unwrap();
                assert!(count > 0, "the stream has ended before {wanted:?} was told");
            }
        };
        within(format!("{wanted:?} to be told"), reading).await;
        String::from_utf8_lossy(&self.read).into_owned()
    }

    /// Waits until the server has ended it.
    pub async fn ended(mut self) {
        let reading =
            async { while self.stream.read_buf(&mut self.read).await.unwrap_or(0) > 0 {} };
        within("the stream to end", reading).await;
    }
}
