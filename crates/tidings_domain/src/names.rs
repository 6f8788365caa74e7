//! Names and other small texts that callers give to things, and their limits.
//!
//! Every limit of the contract on such a text is here, so that all doors agree. Nothing here
//! changes a text: it is accepted as it is or refused with a reason.

use std::collections::BTreeMap;

/// Longest event type name, event id or uid in bytes.
pub const NAME_BYTES_MAX: usize = 256;
/// Longest entity type in bytes: the event type made of it and an action must stay a short name.
pub const ENTITY_TYPE_BYTES_MAX: usize = 64;
/// Longest channel name in bytes.
pub const CHANNEL_BYTES_MAX: usize = 128;
/// Most bytes of metadata, written as JSON.
pub const METADATA_BYTES_MAX: usize = 4_096;

/// Why a name is refused. The message is for whoever typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Empty or too long.
    #[error("must have 1 to {bytes_max} characters")]
    Length {
        /// The most that is allowed.
        bytes_max: usize,
    },
    /// A character that is not allowed.
    #[error("may only have letters, digits and {allowed}")]
    Characters {
        /// The allowed characters beside letters and digits.
        allowed: &'static str,
    },
    /// A part between slashes that means another place in a path.
    #[error("may not have `.` or `..` between slashes")]
    PathSegment,
    /// A star that does not stand for all of a group.
    #[error("may have a star only as `group.*`, for all event types that begin with `group.`")]
    Wildcard,
    /// A uid that looks like one of our ids.
    #[error("may not begin with {prefix}, as ids do")]
    ClaimsPrefix {
        /// The prefix of the ids of this kind.
        prefix: &'static str,
    },
}

/// Why metadata is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMetadata {
    /// More than [`METADATA_BYTES_MAX`].
    #[error("metadata may have 4096 bytes as JSON; this has {bytes}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// U+0000, which databases cannot keep in text.
    #[error("metadata may not have the character U+0000")]
    NulCharacter,
}

/// An event type: letters, digits and `- _ . /`, at most 256, and no way up a path.
///
/// # Errors
/// Says what is wrong with the name.
pub fn check_event_type_name(name: &str) -> Result<(), InvalidName> {
    check(name, NAME_BYTES_MAX, "-_./")?;
    if name
        .split('/')
        .any(|segment| segment == "." || segment == "..")
    {
        return Err(InvalidName::PathSegment);
    }
    Ok(())
}

/// What an endpoint may name as event types: the name of one, or `group.*` for all whose names begin with
/// `group.`, at any depth.
///
/// # Errors
/// Says what is wrong with the name.
pub fn check_wanted_event_type(name: &str) -> Result<(), InvalidName> {
    match name.strip_suffix(".*") {
        Some(group) if !group.contains('*') => check_event_type_name(group),
        _ if name.contains('*') => Err(InvalidName::Wildcard),
        _ => check_event_type_name(name),
    }
}

/// Whether an endpoint that names this event type, or group of them, wants an event of that type.
pub fn is_wanted_event_type(wanted: &str, event_type: &str) -> bool {
    wanted == event_type
        || wanted
            .strip_suffix('*')
            .is_some_and(|group| event_type.len() > group.len() && event_type.starts_with(group))
}

/// A caller's id of an event: letters, digits and `- _`, at most 256. No dot: it would make what
/// is signed ambiguous.
///
/// # Errors
/// Says what is wrong with the id.
pub fn check_event_id(id: &str) -> Result<(), InvalidName> {
    check(id, NAME_BYTES_MAX, "-_")
}

/// A caller's own id of a thing whose ids begin with `prefix`: letters, digits and `- _ .`, at
/// most 256, and not with that beginning.
///
/// # Errors
/// Says what is wrong with the uid.
pub fn check_uid(uid: &str, prefix: &'static str) -> Result<(), InvalidName> {
    check(uid, NAME_BYTES_MAX, "-_.")?;
    if uid.starts_with(prefix) {
        return Err(InvalidName::ClaimsPrefix { prefix });
    }
    Ok(())
}

/// The id of a record in a path: letters, digits and `- _ .`, at most 256.
///
/// # Errors
/// Says what is wrong with the id.
pub fn check_record_id(id: &str) -> Result<(), InvalidName> {
    check(id, NAME_BYTES_MAX, "-_.")
}

/// A type of records: letters, digits and `- _ .`, at most 64.
///
/// # Errors
/// Says what is wrong with the type.
pub fn check_entity_type(name: &str) -> Result<(), InvalidName> {
    check(name, ENTITY_TYPE_BYTES_MAX, "-_.")
}

/// A channel: letters, digits and `- _ . : +`, at most 128.
///
/// # Errors
/// Says what is wrong with the name.
pub fn check_channel(name: &str) -> Result<(), InvalidName> {
    check(name, CHANNEL_BYTES_MAX, "-_.:+")
}

/// A caller's own notes on a thing: at most 4,096 bytes as JSON.
///
/// # Errors
/// When there is too much of it, or it has a character that cannot be kept.
pub fn check_metadata(metadata: &BTreeMap<String, String>) -> Result<(), InvalidMetadata> {
    if metadata
        .iter()
        .any(|(key, value)| key.contains('\0') || value.contains('\0'))
    {
        return Err(InvalidMetadata::NulCharacter);
    }
    let bytes = serde_json::to_vec(metadata).map_or(usize::MAX, |json| json.len());
    if bytes > METADATA_BYTES_MAX {
        return Err(InvalidMetadata::TooLarge { bytes });
    }
    Ok(())
}

fn check(text: &str, bytes_max: usize, allowed: &'static str) -> Result<(), InvalidName> {
    if !(1..=bytes_max).contains(&text.len()) {
        return Err(InvalidName::Length { bytes_max });
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || allowed.as_bytes().contains(&byte);
    if text.bytes().all(is_allowed) {
        Ok(())
    } else {
        Err(InvalidName::Characters { allowed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_name_has_its_characters() {
        type Check = fn(&str) -> Result<(), InvalidName>;
        let uid: Check = |text| check_uid(text, "app_");
        let kinds: [(Check, &str); 6] = [
            (check_event_type_name, "-_./"),
            (check_record_id, "-_."),
            (check_entity_type, "-_."),
            (check_event_id, "-_"),
            (uid, "-_."),
            (check_channel, "-_.:+"),
        ];
        for (check, allowed) in kinds {
            for byte in 0..=0x7f_u8 {
                let text = format!("a{}b", char::from(byte));
                let expected = byte.is_ascii_alphanumeric() || allowed.as_bytes().contains(&byte);
                assert_eq!(check(&text).is_ok(), expected, "{text:?} {allowed}");
            }
            assert!(check("caf\u{e9}").is_err());
        }
    }

    #[test]
    fn each_kind_of_name_has_its_length() {
        let long = |bytes: usize| "a".repeat(bytes);
        assert_eq!(check_event_type_name(&long(256)), Ok(()));
        assert_eq!(
            check_event_type_name(&long(257)),
            Err(InvalidName::Length { bytes_max: 256 })
        );
        assert_eq!(check_event_id(&long(256)), Ok(()));
        assert_eq!(
            check_event_id(&long(257)),
            Err(InvalidName::Length { bytes_max: 256 })
        );
        assert_eq!(check_uid(&long(256), "ep_"), Ok(()));
        assert_eq!(
            check_uid(&long(257), "ep_"),
            Err(InvalidName::Length { bytes_max: 256 })
        );
        assert_eq!(check_record_id(&long(256)), Ok(()));
        assert!(check_record_id(&long(257)).is_err());
        assert_eq!(check_entity_type(&long(64)), Ok(()));
        assert!(check_entity_type(&long(65)).is_err());
        assert_eq!(check_channel(&long(128)), Ok(()));
        assert_eq!(
            check_channel(&long(129)),
            Err(InvalidName::Length { bytes_max: 128 })
        );
        assert_eq!(
            check_channel(""),
            Err(InvalidName::Length { bytes_max: 128 })
        );
    }

    #[test]
    fn an_event_type_name_does_not_climb_a_path() {
        for name in [".", "..", "../a", "a/..", "a/../b", "a/./b"] {
            assert_eq!(
                check_event_type_name(name),
                Err(InvalidName::PathSegment),
                "{name}"
            );
        }
        for name in [
            "user.created",
            "user/created",
            "a..b",
            "a/b.c",
            ".a",
            "a/...",
            "v1/user_created-2",
        ] {
            assert_eq!(check_event_type_name(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_uid_does_not_look_like_an_id_of_its_kind() {
        assert_eq!(
            check_uid("app_1", "app_"),
            Err(InvalidName::ClaimsPrefix { prefix: "app_" })
        );
        assert_eq!(check_uid("app_1", "ep_"), Ok(()));
        assert_eq!(check_uid("my.app_1", "app_"), Ok(()));
    }

    #[test]
    fn metadata_is_measured_as_json() {
        let of = |bytes: usize| BTreeMap::from([("k".to_owned(), "v".repeat(bytes - 8))]);
        assert_eq!(check_metadata(&BTreeMap::new()), Ok(()));
        assert_eq!(check_metadata(&of(4_096)), Ok(()));
        assert_eq!(
            check_metadata(&of(4_097)),
            Err(InvalidMetadata::TooLarge { bytes: 4_097 })
        );
        let quotes = BTreeMap::from([("k".to_owned(), "\"".repeat(2_045))]);
        assert_eq!(
            check_metadata(&quotes),
            Err(InvalidMetadata::TooLarge { bytes: 4_098 })
        );
        for (key, value) in [("k", "\0"), ("\0", "v")] {
            let metadata = BTreeMap::from([(key.to_owned(), value.to_owned())]);
            assert_eq!(
                check_metadata(&metadata),
                Err(InvalidMetadata::NulCharacter)
            );
        }
    }
}
