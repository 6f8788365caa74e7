//! One row for each message of a round, and for few of them one that says when their payload goes.

use tidings_domain::clock::Millis;

use super::Round;
use crate::connection::{Connection, Parameter};
use crate::convert::{stored, stored_option, words};
use crate::failure::Result;
use crate::statements::statements;

/// The arrays are unnested in the list of columns: in `FROM`, each would be copied into a table of its own.
macro_rules! insert_messages {
    ($name:literal, $column:literal, $value:literal) => {
        concat!(
            $name,
            "INSERT INTO message (slot, journal, application, created_at, id, seq, event_type, targets,
            event_id, channels, tags, payload",
            $column,
            ")
        SELECT unnest($2::smallint[]), $1, unnest($3::bigint[]), unnest($4::bigint[]),
            unnest($5::bytea[]), unnest($6::bigint[]), unnest($7::text[]), unnest($8::bytea[]),
            unnest($9::text[]), unnest($10::text[]), unnest($11::text[]), unnest($12::bytea[])",
            $value
        )
    };
}

statements! {
    INSERT_MESSAGES = insert_messages!("-- insert_messages
        ", "", "");
    /// For rounds in which somebody asks for something: the others do without the column.
    INSERT_MESSAGES_WITH_OPTIONS = insert_messages!("-- insert_messages_with_options
        ", ", options", ", unnest($13::text[])");
    NOTE_PAYLOAD_EXPIRY = "-- note_payload_expiry
        INSERT INTO payload_expiry (slot, until, application, message_id)
        SELECT unnest($1::smallint[]), unnest($2::bigint[]), unnest($3::bigint[]),
            unnest($4::bytea[])";
}

impl Round<'_> {
    pub(super) async fn insert(&self, connection: &Connection, journal: u16) -> Result<()> {
        macro_rules! column {
            (($candidate:ident, $id:ident) => $value:expr) => {
                self.fresh
                    .iter()
                    .map(|($candidate, $id)| $value)
                    .collect::<Vec<_>>()
            };
            ($acceptance:ident => $value:expr) => {
                self.fresh
                    .iter()
                    .map(|(candidate, _)| {
                        let $acceptance = &self.acceptances[candidate.place];
                        $value
                    })
                    .collect::<Vec<_>>()
            };
        }
        let ids = column!((_candidate, id) => id.parts().to_bytes());
        let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
        let options = column!(one => one.new.options.as_ref().map(|options| options.to_text()));
        let columns: [Parameter<'_>; 13] = [
            &i32::from(journal),
            &column!((candidate, _id) => candidate.slot),
            &column!(one => one.new.application),
            &column!((_candidate, id) => id.at_ms()),
            &ids,
            &column!((_candidate, id) => id.seq()),
            &column!(one => stored(&one.new.event_type)),
            &column!(one => &one.packed_targets[..]),
            &column!(one => stored_option(one.new.event_id.as_ref())),
            &column!(one => words(&one.new.channels)),
            &column!(one => words(&one.new.tags)),
            &column!(one => &one.new.payload[..]),
            &options,
        ];
        if options.iter().any(Option::is_some) {
            connection
                .execute(INSERT_MESSAGES_WITH_OPTIONS, &columns)
                .await?;
        } else {
            connection.execute(INSERT_MESSAGES, &columns[..12]).await?;
        }
        Ok(())
    }

    /// Whether any payload is to go before its message does.
    pub(super) fn have_expiry(&self) -> bool {
        self.expiries().next().is_some()
    }

    /// The messages, by their place in the round, whose payloads go, and after when.
    fn expiries(&self) -> impl Iterator<Item = (usize, Millis)> {
        self.fresh
            .iter()
            .enumerate()
            .filter_map(|(place, (candidate, _))| {
                let options = self.acceptances[candidate.place].new.options.as_ref()?;
                Some((place, options.payload_until?))
            })
    }

    pub(super) async fn note_expiry(&self, connection: &Connection) -> Result<()> {
        let (places, until): (Vec<usize>, Vec<Millis>) = self.expiries().unzip();
        let fresh = || places.iter().map(|place| &self.fresh[*place]);
        let slots: Vec<i16> = fresh().map(|(candidate, _)| candidate.slot).collect();
        let applications = fresh().map(|(one, _)| self.acceptances[one.place].new.application);
        let applications: Vec<i64> = applications.collect();
        let ids: Vec<[u8; 20]> = fresh().map(|(_, id)| id.parts().to_bytes()).collect();
        let ids: Vec<&[u8]> = ids.iter().map(|id| &id[..]).collect();
        let columns: [Parameter<'_>; 4] = [&slots, &until, &applications, &ids];
        connection.execute(NOTE_PAYLOAD_EXPIRY, &columns).await?;
        Ok(())
    }
}
