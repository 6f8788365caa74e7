//! What pages refer to: style sheets, the icons, the script. They are part of the program, and have the hash of
//! their content in their address, so a browser may keep them for ever and never sees an old one.

use std::io::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// The script for pages of others, which keep its address for years.
pub(crate) const ELEMENT: &str = "/assets/tidings-portal.js";
/// How long they may go without asking for it.
const FOR_AN_HOUR: &str = "public, max-age=3600";

/// Below which addresses they lie.
pub(crate) const FOLDER: &str = "/static/";

/// Their addresses never show anything else: a year, which is as long as there is.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, type and content.
const FILES: &[(&str, &str, &str)] = &[
    ("tokens.css", CSS, include_str!("../static/tokens.css")),
    ("tidings.css", CSS, include_str!("../static/tidings.css")),
    ("board.css", CSS, include_str!("../static/board.css")),
    ("board.js", SCRIPT, include_str!("../static/board.js")),
    ("help.css", CSS, include_str!("../static/help.css")),
    ("task.js", SCRIPT, include_str!("../static/task.js")),
    ("icons.svg", SVG, include_str!("../static/icons.svg")),
    ("favicon.svg", SVG, include_str!("../static/favicon.svg")),
    ("tidings.js", SCRIPT, include_str!("../static/tidings.js")),
    ("live.js", SCRIPT, include_str!("../static/live.js")),
];

struct Asset {
    name: &'static str,
    address: String,
    /// The hash, as an entity tag.
    tag: String,
    kind: &'static str,
    text: &'static str,
    packed: Vec<u8>,
}

static ASSETS: LazyLock<Vec<Asset>> =
    LazyLock::new(|| FILES.iter().map(|file| Asset::new(*file)).collect());

impl Asset {
    fn new((name, kind, text): (&'static str, &'static str, &'static str)) -> Self {
        let hash = Sha256::digest(text.as_bytes());
        let start = hash.iter().take(6);
        let hash = start.fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let hash = format!("{hash:012x}");
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        Self {
            name,
            address: format!("{FOLDER}{stem}-{hash}.{ending}"),
            tag: format!("\"{hash}\""),
            kind,
            text,
            packed: pack(text.as_bytes()),
        }
    }
}

/// Compressed, as browsers take it.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("a vector takes all that is written to it")
}

/// The address of an asset.
///
/// # Panics
/// If there is none of this name; a test renders every page.
pub(crate) fn address(name: &str) -> &'static str {
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    &asset.expect("templates name assets that are there").address
}

static PORTAL_ELEMENT: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../static/tidings-portal.js");
    Asset::new(("tidings-portal.js", SCRIPT, text))
});

/// Answers a request for the element with which pages of others show the portal.
pub(crate) async fn show_element(headers: HeaderMap) -> Response {
    let mut response = answer(&PORTAL_ELEMENT, FOR_AN_HOUR, &headers);
    let shared = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (RESOURCE_POLICY, "cross-origin"),
    ];
    for (name, value) in shared {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Answers a request for an asset.
pub(crate) async fn show(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let address = format!("{FOLDER}{name}");
    let Some(asset) = ASSETS.iter().find(|asset| asset.address == address) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    answer(asset, FOR_EVER, &headers)
}

fn answer(asset: &Asset, kept: &'static str, headers: &HeaderMap) -> Response {
    let says = |name, wanted: &str| {
        let value = headers.get(&name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains(wanted))
    };
    let fixed = [
        (CONTENT_TYPE, asset.kind),
        (CACHE_CONTROL, kept),
        (ETAG, asset.tag.as_str()),
        (VARY, "accept-encoding"),
    ];
    if says(IF_NONE_MATCH, &asset.tag) {
        (StatusCode::NOT_MODIFIED, fixed).into_response()
    } else if says(ACCEPT_ENCODING, "gzip") {
        (fixed, [(CONTENT_ENCODING, "gzip")], asset.packed.clone()).into_response()
    } else {
        (fixed, asset.text).into_response()
    }
}
