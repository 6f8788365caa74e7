//! One connection to a server, kept from request to request, so that what is timed is the request.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::servers::Server;

pub(super) struct Wire {
    stream: BufReader<TcpStream>,
    host: String,
    /// A header that each request has: its name and value.
    header: (&'static str, String),
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The value of the first header of this name, which is in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(own, _)| own == name);
        found.next().map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Wire {
    /// Connects, with the server's key.
    pub(super) fn with_key(server: &Server) -> Result<Self> {
        let token = server.token.as_deref().unwrap_or_default();
        Self::new(server, format!("Bearer {token}"))
    }

    /// Connects, with this in the header `Authorization`.
    pub(super) fn new(server: &Server, authorization: String) -> Result<Self> {
        Self::with_header(server, "authorization", authorization)
    }

    /// Connects, with this header.
    pub(super) fn with_header(server: &Server, name: &'static str, value: String) -> Result<Self> {
        let host = server.url.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).context("the server takes no connection")?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            host,
            header: (name, value),
        })
    }

    /// Sends a request with JSON, and gives the body of its answer, which must be a success.
    pub(super) fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<Vec<u8>> {
        let answer = self.exchange((method, path), "application/json", body)?;
        ensure!(
            (200..300).contains(&answer.status),
            "{method} {path}: {} {}",
            answer.status,
            answer.text()
        );
        Ok(answer.body)
    }

    /// The same with JSON in both directions.
    pub(super) fn ask_json(&mut self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let answer = self.ask(method, path, &body.to_string())?;
        serde_json::from_slice(&answer).with_context(|| format!("{path}: the answer is not JSON"))
    }

    /// Sends a request and gives its answer, whatever it is.
    pub(super) fn exchange(
        &mut self,
        (method, path): (&str, &str),
        content_type: &str,
        body: &str,
    ) -> Result<Answer> {
        let (host, length) = (&self.host, body.len());
        let (name, value) = &self.header;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{name}: {value}\r\n\
             content-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (status, headers) = read_head(&mut self.stream)?;
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
        };
        if let Some(length) = answer.header("content-length") {
            let length = length.parse().context("the length is no number")?;
            answer.body = vec![0; length];
            self.stream.read_exact(&mut answer.body)?;
        }
        Ok(answer)
    }
}

/// The status of an answer, and its headers with their names in lower case.
pub(super) fn read_head(stream: &mut impl BufRead) -> Result<(u16, Vec<(String, String)>)> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.with_context(|| format!("no status in {line:?}"))?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        ensure!(stream.read_line(&mut header)? > 0, "no whole answer");
        let header = header.trim_end();
        if header.is_empty() {
            return Ok((status, headers));
        }
        let (name, value) = header.split_once(':').context("no header")?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_with_an_empty_line_and_names_are_in_lower_case() {
        let mut text =
            &b"HTTP/1.1 303 See Other\r\nSet-Cookie: a=b:c; Path=/\r\nlocation: /x\r\n\r\nbody"[..];
        let (status, headers) = read_head(&mut text).unwrap();
        let answer = Answer {
            status,
            headers,
            body: text.to_vec(),
        };
        assert_eq!(answer.status, 303);
        assert_eq!(answer.header("set-cookie"), Some("a=b:c; Path=/"));
        assert_eq!(answer.header("location"), Some("/x"));
        assert_eq!(answer.header("content-length"), None);
        assert_eq!(answer.text(), "body");
        assert!(read_head(&mut &b"HTTP/1.1 200 OK\r\ncut"[..]).is_err());
        assert!(read_head(&mut &b""[..]).is_err());
    }
}
