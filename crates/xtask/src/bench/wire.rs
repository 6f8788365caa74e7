//! One connection to a server, kept from request to request, so that what is timed is the request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::servers::Server;

pub(super) struct Wire {
    stream: BufReader<TcpStream>,
    host: String,
    authorization: String,
}

impl Wire {
    /// Connects, with the server's key.
    pub(super) fn with_key(server: &Server) -> Result<Self> {
        let token = server.token.as_deref().unwrap_or_default();
        Self::new(server, format!("Bearer {token}"))
    }

    /// Connects, with this in the header `Authorization`.
    pub(super) fn new(server: &Server, authorization: String) -> Result<Self> {
        let host = server.url.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).context("the server takes no connection")?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            host,
            authorization,
        })
    }

    /// Sends a request and gives the body of its answer, which must be a success.
    pub(super) fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<Vec<u8>> {
        let (host, authorization, length) = (&self.host, &self.authorization, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: {authorization}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let is_success = line
            .split(' ')
            .nth(1)
            .is_some_and(|code| code.starts_with('2'));
        let mut length = 0;
        loop {
            let mut header = String::new();
            ensure!(self.stream.read_line(&mut header)? > 0, "no whole answer");
            let header = header.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().context("the length is no number")?;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        let shown = String::from_utf8_lossy(&answer);
        ensure!(is_success, "{method} {path}: {} {shown}", line.trim());
        Ok(answer)
    }

    /// The same with JSON in both directions.
    pub(super) fn ask_json(&mut self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let answer = self.ask(method, path, &body.to_string())?;
        serde_json::from_slice(&answer).with_context(|| format!("{path}: the answer is not JSON"))
    }
}
