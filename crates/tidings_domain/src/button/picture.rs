//! Pictures on buttons: a URL that whoever shows the board loads, or a small picture itself.
//!
//! Tidings loads nothing. What a browser would run is refused: SVG, and URLs that are no `https:`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

/// Most bytes of a picture within a `data:` URL.
pub const PICTURE_BYTES_MAX: usize = 64 * 1024;
/// Most bytes of the URL of a picture.
const URL_BYTES_MAX: usize = 2_048;

/// Why a picture may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedPicture {
    /// Neither of the two forms.
    #[error("must be an https:// URL of at most 2,048 bytes, or a data: URL with base64")]
    Form,
    /// Another type.
    #[error("may be a PNG, JPEG, WebP or GIF; SVG is refused, since it can hold scripts")]
    Type,
    /// Too large.
    #[error("may have at most 65536 bytes; give a larger picture by its URL")]
    Size,
    /// Says that it is of one type and is of another.
    #[error("is not a picture of the type that its data: URL names")]
    Content,
}

/// Judges a picture.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_picture(picture: &str) -> Result<(), RefusedPicture> {
    if let Some(data) = picture.strip_prefix("data:") {
        return check_data(data);
    }
    let url = Url::parse(picture).map_err(|_| RefusedPicture::Form)?;
    let is_right = url.scheme() == "https"
        && url.username().is_empty()
        && url.password().is_none()
        && picture.len() <= URL_BYTES_MAX
        && !picture.contains(|character: char| character.is_whitespace() || character.is_control());
    is_right.then_some(()).ok_or(RefusedPicture::Form)
}

fn check_data(data: &str) -> Result<(), RefusedPicture> {
    let (head, content) = data.split_once(',').ok_or(RefusedPicture::Form)?;
    let media_type = head.strip_suffix(";base64").ok_or(RefusedPicture::Form)?;
    let is_picture: fn(&[u8]) -> bool = match media_type {
        "image/png" => |bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "image/jpeg" => |bytes| bytes.starts_with(b"\xff\xd8\xff"),
        "image/gif" => |bytes| bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a"),
        "image/webp" => |bytes| bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        _ => return Err(RefusedPicture::Type),
    };
    if content.len() > PICTURE_BYTES_MAX.div_ceil(3) * 4 {
        return Err(RefusedPicture::Size);
    }
    let bytes = STANDARD
        .decode(content)
        .map_err(|_| RefusedPicture::Content)?;
    if bytes.len() > PICTURE_BYTES_MAX {
        return Err(RefusedPicture::Size);
    }
    is_picture(&bytes)
        .then_some(())
        .ok_or(RefusedPicture::Content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(bytes: usize) -> String {
        let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
        content.resize(bytes, 0);
        format!("data:image/png;base64,{}", STANDARD.encode(content))
    }

    #[test]
    fn a_picture_is_a_url_or_a_small_picture() {
        let gif = format!("data:image/gif;base64,{}", STANDARD.encode(b"GIF89a"));
        let webp = STANDARD.encode(b"RIFF\0\0\0\0WEBPVP8 ");
        let webp = format!("data:image/webp;base64,{webp}");
        let jpeg = format!(
            "data:image/jpeg;base64,{}",
            STANDARD.encode(b"\xff\xd8\xff\xe0")
        );
        for picture in [
            "https://example.com/a.svg?b=c",
            &png(PICTURE_BYTES_MAX),
            &gif,
            &webp,
            &jpeg,
        ] {
            assert_eq!(check_picture(picture), Ok(()), "{picture}");
        }
        assert_eq!(
            check_picture(&png(PICTURE_BYTES_MAX + 1)),
            Err(RefusedPicture::Size)
        );
        assert_eq!(
            check_picture(&png(PICTURE_BYTES_MAX * 2)),
            Err(RefusedPicture::Size)
        );
    }

    #[test]
    fn what_a_browser_would_run_is_refused() {
        for picture in [
            "data:image/svg+xml;base64,PHN2Zy8+",
            "data:text/html;base64,PGI+",
            "data:image/png;charset=utf-8;base64,iVBO",
        ] {
            assert_eq!(
                check_picture(picture),
                Err(RefusedPicture::Type),
                "{picture}"
            );
        }
        let jpeg = png(20).replace("png", "jpeg");
        assert_eq!(check_picture(&jpeg), Err(RefusedPicture::Content));
        assert_eq!(
            check_picture("data:image/png;base64,%%%"),
            Err(RefusedPicture::Content)
        );
        for picture in [
            "javascript:alert(1)",
            "http://example.com/a.png",
            "//example.com/a.png",
            "https://u:p@example.com/a.png",
            "https://example.com/a b.png",
            "data:image/png,abc",
            "data:",
            "",
        ] {
            assert_eq!(
                check_picture(picture),
                Err(RefusedPicture::Form),
                "{picture}"
            );
        }
    }
}
