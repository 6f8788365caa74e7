//! How the portal of an environment looks: the product's name and logo, its colour, its font.
//!
//! A colour must be readable on every ground of the pages; one that is not is refused, so no theme makes a page that
//! somebody cannot read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Longest name of a product, in letters.
pub const PRODUCT_NAME_LETTERS_MAX: usize = 60;
/// Longest name of a font, in letters.
pub const FONT_LETTERS_MAX: usize = 60;
/// Most bytes of a logo: it is loaded with every page.
pub const LOGO_BYTES_MAX: usize = 64 * 1024;
/// How much a text must stand out from its ground (WCAG 2.2, level AA).
pub const CONTRAST_MIN: f64 = 4.5;

/// The darkest ground of light pages and the lightest of dark ones: what stands out there does so everywhere.
const GROUNDS: [Color; 2] = [Color([0xf1, 0xf4, 0xf4]), Color([0x18, 0x23, 0x27])];
/// What PNG files begin with.
const PNG_START: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What has no place in a picture that a page shows.
const ACTIVE: [&str; 8] = [
    "<script",
    "<foreignobject",
    "<iframe",
    "<!entity",
    "<!doctype",
    "javascript:",
    "<animate",
    "<set",
];

/// A colour of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color([u8; 3]);

impl Color {
    /// Reads `#08697a`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// How bright it is, from 0 to 1.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126f64.mul_add(red, 0.7152f64.mul_add(green, 0.0722 * blue))
    }

    /// How much two colours stand out from each other, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }
}

/// A picture beside the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    /// `image/svg+xml` or `image/png`.
    pub kind: String,
    /// The file in base64.
    pub data: String,
}

/// How the portal looks. What is missing is as it is without a theme.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Theme {
    /// What the product is called.
    pub product_name: Option<String>,
    /// The colour of links and buttons on light pages.
    pub accent: Option<String>,
    /// The same on dark ones.
    pub accent_dark: Option<String>,
    /// A font of the reader's own system.
    pub font: Option<String>,
    /// The product's logo.
    pub logo: Option<Logo>,
}

/// Why something cannot be a part of a theme.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RefusedTheme {
    /// No name, or one that is too long.
    #[error("has 1 to 60 letters, none of them control characters")]
    ProductName,
    /// No colour.
    #[error("must be a colour such as #08697a")]
    Color,
    /// A colour that cannot be read.
    #[error(
        "stands out from the pages' ground by {ratio} to 1 only, which not everybody can read; it takes 4.5 to 1, so choose a {better} one"
    )]
    Contrast {
        /// With one decimal, rounded down.
        ratio: String,
        /// `darker` or `lighter`.
        better: &'static str,
    },
    /// No name of a font.
    #[error("must be the name of one font: 1 to 60 letters, digits, spaces and hyphens")]
    Font,
    /// Another type of picture.
    #[error("must be image/svg+xml or image/png")]
    LogoKind,
    /// Too large, or not what it says.
    #[error("must be such a file in base64, of at most 65536 bytes")]
    LogoData,
    /// A picture that does something.
    #[error(
        "must be a plain drawing: no scripts, no events, no animation, and nothing from elsewhere"
    )]
    LogoActive,
}

impl Theme {
    /// What is wrong with it, by field.
    pub fn problems(&self) -> Vec<(&'static str, RefusedTheme)> {
        let mut found = Vec::new();
        if let Some(name) = &self.product_name {
            let letters = name.chars().count();
            let is_right = (1..=PRODUCT_NAME_LETTERS_MAX).contains(&letters)
                && name.trim() == name
                && !name.chars().any(char::is_control);
            if !is_right {
                found.push(("productName", RefusedTheme::ProductName));
            }
        }
        let accents = [
            ("accent", &self.accent, GROUNDS[0], "darker"),
            ("accentDark", &self.accent_dark, GROUNDS[1], "lighter"),
        ];
        for (field, accent, ground, better) in accents {
            if let Some(text) = accent
                && let Err(refused) = check_color(text, ground, better)
            {
                found.push((field, refused));
            }
        }
        if let Some(font) = &self.font {
            let fits =
                |letter: char| letter.is_ascii_alphanumeric() || letter == ' ' || letter == '-';
            let is_right = (1..=FONT_LETTERS_MAX).contains(&font.len())
                && font.trim() == font
                && font.chars().all(fits);
            if !is_right {
                found.push(("font", RefusedTheme::Font));
            }
        }
        if let Some(logo) = &self.logo
            && let Err(refused) = logo.check()
        {
            found.push(("logo", refused));
        }
        found
    }
}

fn check_color(text: &str, ground: Color, better: &'static str) -> Result<(), RefusedTheme> {
    let color = Color::parse(text).ok_or(RefusedTheme::Color)?;
    let contrast = color.contrast(ground);
    if contrast >= CONTRAST_MIN {
        return Ok(());
    }
    let ratio = format!("{:.1}", (contrast * 10.0).floor() / 10.0);
    Err(RefusedTheme::Contrast { ratio, better })
}

impl Logo {
    /// The file.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        // Longer texts are not even read.
        if self.data.len() > LOGO_BYTES_MAX * 4 / 3 + 4 {
            return None;
        }
        let bytes = STANDARD.decode(&self.data).ok()?;
        (1..=LOGO_BYTES_MAX).contains(&bytes.len()).then_some(bytes)
    }

    fn check(&self) -> Result<(), RefusedTheme> {
        let bytes = self.bytes();
        match self.kind.as_str() {
            "image/png" => {
                let bytes = bytes.ok_or(RefusedTheme::LogoData)?;
                let is_png = bytes.starts_with(PNG_START);
                is_png.then_some(()).ok_or(RefusedTheme::LogoData)
            }
            "image/svg+xml" => check_svg(&bytes.ok_or(RefusedTheme::LogoData)?),
            _ => Err(RefusedTheme::LogoKind),
        }
    }
}

/// A drawing is shown as a picture, in which browsers run nothing; what could do something is refused all the same.
fn check_svg(bytes: &[u8]) -> Result<(), RefusedTheme> {
    let text = std::str::from_utf8(bytes).map_err(|_| RefusedTheme::LogoData)?;
    let text = text.to_ascii_lowercase();
    if !text.contains("<svg") {
        return Err(RefusedTheme::LogoData);
    }
    let has_event = text.split_ascii_whitespace().any(|word| {
        let name = word.split('=').next().unwrap_or_default();
        word.contains('=') && name.starts_with("on") && name.len() > 2
    });
    // A name space is no address that anything is taken from.
    let foreign = text.replace("http://www.w3.org/", "");
    let refers = [
        "http:",
        "https:",
        "href=\"//",
        "url(//",
        "@import",
        "data:text",
    ];
    if has_event
        || ACTIVE.iter().any(|word| text.contains(word))
        || refers.iter().any(|word| foreign.contains(word))
    {
        return Err(RefusedTheme::LogoActive);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(text: &str) -> Theme {
        Theme {
            logo: Some(Logo {
                kind: "image/svg+xml".to_owned(),
                data: STANDARD.encode(text),
            }),
            ..Theme::default()
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let color = |text| Color::parse(text).unwrap();
        let most = color("#000000").contrast(color("#ffffff"));
        assert!((most - 21.0).abs() < 1e-9, "{most}");
        let grey = color("#767676").contrast(color("#ffffff"));
        assert!((4.5..4.6).contains(&grey), "{grey}");
        for wrong in ["", "#fff", "08697a", "#08697g", "#08697a ", "red"] {
            assert_eq!(Color::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_colour_that_cannot_be_read_is_refused_with_what_would_help() {
        let theme = Theme {
            accent: Some("#ffcc00".to_owned()),
            accent_dark: Some("#222222".to_owned()),
            ..Theme::default()
        };
        let problems = theme.problems();
        assert_eq!(problems.len(), 2);
        assert!(problems[0].1.to_string().contains("choose a darker one"));
        assert!(problems[1].1.to_string().contains("choose a lighter one"));
        let theme = Theme {
            accent: Some("#08697a".to_owned()),
            accent_dark: Some("#45bccb".to_owned()),
            product_name: Some("Cool Product".to_owned()),
            font: Some("IBM Plex Sans".to_owned()),
            logo: None,
        };
        assert_eq!(theme.problems(), []);
    }

    #[test]
    fn names_are_names_and_no_style() {
        for font in ["", " a", "a; color: red", "a\"b", "Ä", &"a".repeat(61)] {
            let theme = Theme {
                font: Some(font.to_owned()),
                ..Theme::default()
            };
            assert_eq!(theme.problems(), [("font", RefusedTheme::Font)], "{font}");
        }
        let theme = Theme {
            product_name: Some("a\nb".to_owned()),
            ..Theme::default()
        };
        assert_eq!(theme.problems().len(), 1);
    }

    #[test]
    fn a_logo_is_a_plain_picture() {
        let plain = "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0h1\"/></svg>";
        assert_eq!(svg(plain).problems(), []);
        for active in [
            "<svg><script>alert(1)</script></svg>",
            "<svg onload=\"alert(1)\"/>",
            "<svg\nONLOAD=alert(1)>",
            "<svg><image href=\"https://a.test/x.png\"/></svg>",
            "<svg><a href=\"javascript:alert(1)\"/></svg>",
            "<svg><foreignObject/></svg>",
        ] {
            let wanted = [("logo", RefusedTheme::LogoActive)];
            assert_eq!(svg(active).problems(), wanted, "{active}");
        }
        assert_eq!(svg("hello").problems(), [("logo", RefusedTheme::LogoData)]);
        let long = format!("<svg>{}</svg>", " ".repeat(LOGO_BYTES_MAX));
        assert_eq!(svg(&long).problems(), [("logo", RefusedTheme::LogoData)]);
    }
}
