//! The sender is the only file of this crate that may open a connection.

use std::path::{Path, PathBuf};

#[test]
fn nothing_but_the_sender_opens_connections_or_speaks_http() {
    let forbidden = [
        "TcpStream",
        "TcpSocket",
        "UdpSocket",
        "hyper::",
        "hyper_util",
        "rustls",
        "hickory",
    ];
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files_count = 0;
    for file in files(&source) {
        let inside = file.strip_prefix(&source).unwrap();
        if inside.starts_with("sender") || inside == Path::new("sender.rs") {
            continue;
        }
        files_count += 1;
        let text = std::fs::read_to_string(&file).unwrap();
        for word in forbidden {
            assert!(!text.contains(word), "{} says {word}", inside.display());
        }
    }
    assert!(files_count > 0);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
