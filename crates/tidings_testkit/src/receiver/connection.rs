//! One connection of a [`super::Receiver`]: HTTP/1.1 with lengths, and ways to misbehave.

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Received, Reply};
use crate::wait::now;

/// Answers requests until the other side closes or a reply ends the connection.
pub(super) async fn serve(mut stream: TcpStream, decide: impl Fn(Received) -> Reply) {
    let _ = stream.set_nodelay(true); // only slower without
    let mut buffer = BytesMut::new();
    while let Some(request) = read_request(&mut stream, &mut buffer).await {
        let mut reply = decide(request);
        while let Reply::After(time, then) = reply {
            tokio::time::sleep(time).await; // tidy: waits for as long as the script says
            reply = *then;
        }
        if !act(&mut stream, reply).await {
            return;
        }
    }
}

/// Whether the connection goes on.
async fn act(stream: &mut TcpStream, reply: Reply) -> bool {
    match reply {
        Reply::Answer {
            status,
            headers,
            body,
        } => {
            let mut lines = vec![
                format!("HTTP/1.1 {status} Scripted"),
                format!("content-length: {}", body.len()),
            ];
            lines.extend(
                headers
                    .iter()
                    .map(|(name, value)| format!("{name}: {value}")),
            );
            let mut bytes = (lines.join("\r\n") + "\r\n\r\n").into_bytes();
            bytes.extend_from_slice(&body);
            stream.write_all(&bytes).await.is_ok()
        }
        Reply::Hang => {
            let mut rest = [0; 1024];
            while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {}
            false
        }
        Reply::Reset => {
            stream.set_zero_linger().unwrap();
            false
        }
        Reply::Raw(bytes) => {
            let _ = stream.write_all(&bytes).await; // the other side may have closed
            let _ = stream.shutdown().await;
            false
        }
        Reply::After(..) => unreachable!("waited for by the caller"),
    }
}

async fn read_request(stream: &mut TcpStream, buffer: &mut BytesMut) -> Option<Received> {
    let end = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end + 4;
        }
        read_more(stream, buffer).await?;
    };
    let head = String::from_utf8(buffer.split_to(end).to_vec()).ok()?;
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_bytes(value.trim().as_bytes()).ok()?);
    }
    let length = headers.get("content-length");
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    while buffer.len() < length.unwrap_or(0) {
        read_more(stream, buffer).await?;
    }
    let body: Bytes = buffer.split_to(length.unwrap_or(0)).freeze();
    Some(Received {
        method,
        path,
        headers,
        body,
        arrived_at: Instant::now(),
        arrived_on: now(),
        number: 0,
        status: None,
        was_reset: false,
    })
}

async fn read_more(stream: &mut TcpStream, buffer: &mut BytesMut) -> Option<()> {
    let count = stream.read_buf(buffer).await.ok()?;
    (count > 0).then_some(())
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
