//! What jobs of statistics find out: who has sent how much, and which event types are in use.
//!
//! It is kept with the job's progress after each step, so it is bounded: what has no row of its own is in the
//! sums all the same.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::shown::format_time;
use crate::clock::Millis;

/// How many applications have a row of their own: those that have sent most.
pub const APPLICATION_ROWS_MAX: usize = 250;
/// How many event types have a row of their own: the first that are met.
pub const EVENT_TYPE_ROWS_MAX: usize = 1_000;

/// How much was sent, and what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Messages.
    pub messages: u64,
    /// Deliveries that have arrived.
    pub success: u64,
    /// Deliveries that were given up and have never arrived.
    pub fail: u64,
    /// Requests that were made for them.
    pub attempts: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.success += other.success;
        self.fail += other.fail;
        self.attempts += other.attempts;
    }
}

/// What an application has sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationUsage {
    /// Its id.
    pub id: String,
    /// The product's own name for it.
    pub uid: Option<String>,
    /// How much.
    pub counts: Counts,
}

/// How an event type is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTypeUsage {
    /// Its name.
    pub name: String,
    /// How many messages.
    pub messages: u64,
    /// When the last of them was accepted.
    pub last_at: Millis,
}

/// What a job has found out so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// The application that it is at or has seen to last, by number.
    pub application: i64,
    /// What the application that it is at has sent, as far as it was read.
    pub current: Counts,
    /// Applications with a row of their own, in their order.
    pub applications: Vec<ApplicationUsage>,
    /// How many have none.
    pub others_count: u64,
    /// What these have sent together.
    pub others: Counts,
    /// What all have sent together.
    pub all: Counts,
    /// Event types with a row of their own, as they were met.
    pub event_types: Vec<EventTypeUsage>,
    /// How many messages were of others.
    pub other_types: u64,
}

impl Usage {
    /// Goes on to the next application.
    pub fn close_application(&mut self, id: String, uid: Option<String>) {
        let counts = std::mem::take(&mut self.current);
        self.all += counts;
        self.applications.push(ApplicationUsage { id, uid, counts });
        if self.applications.len() <= APPLICATION_ROWS_MAX {
            return;
        }
        let rows = self.applications.iter().enumerate();
        // Of those that have sent equally little, the last has to give way.
        let least = rows.rev().min_by_key(|(_, row)| row.counts.messages);
        if let Some((least, _)) = least {
            let row = self.applications.remove(least);
            self.others += row.counts;
            self.others_count += 1;
        }
    }

    /// Notes a message of this type.
    pub fn add_event_type(&mut self, name: &str, at: Millis) {
        if let Some(row) = self.event_types.iter_mut().find(|row| row.name == name) {
            row.messages += 1;
            row.last_at = row.last_at.max(at);
        } else if self.event_types.len() < EVENT_TYPE_ROWS_MAX {
            self.event_types.push(EventTypeUsage {
                name: name.to_owned(),
                messages: 1,
                last_at: at,
            });
        } else {
            self.other_types += 1;
        }
    }

    /// As people and programs read it of a job that counts applications: those that have sent most come first.
    pub fn of_applications(&self) -> Value {
        let mut rows: Vec<_> = self.applications.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.counts.messages));
        let row = |row: &&ApplicationUsage| {
            let mut shown = json!({ "appId": row.id, "appUid": row.uid });
            add(&mut shown, row.counts);
            shown
        };
        let rows: Vec<Value> = rows.iter().map(row).collect();
        let mut others = json!({ "applications": self.others_count });
        add(&mut others, self.others);
        let mut all = json!({});
        add(&mut all, self.all);
        json!({ "applications": rows, "others": others, "all": all })
    }

    /// The same of one that counts event types: those that are used most come first.
    pub fn of_event_types(&self) -> Value {
        let mut rows: Vec<_> = self.event_types.iter().collect();
        rows.sort_by(|a, b| (b.messages, &a.name).cmp(&(a.messages, &b.name)));
        let row = |row: &&EventTypeUsage| {
            json!({
                "name": row.name,
                "messages": row.messages,
                "lastMessageAt": format_time(row.last_at),
            })
        };
        let rows: Vec<Value> = rows.iter().map(row).collect();
        json!({
            "eventTypes": rows,
            "others": { "messages": self.other_types },
            "all": { "messages": self.all.messages },
        })
    }
}

fn add(shown: &mut Value, counts: Counts) {
    let Value::Object(shown) = shown else { return };
    let numbers = [
        ("messages", counts.messages),
        ("success", counts.success),
        ("fail", counts.fail),
        ("attempts", counts.attempts),
    ];
    for (name, number) in numbers {
        shown.insert(name.to_owned(), number.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_lose_their_rows_and_stay_in_the_sums() {
        let mut usage = Usage::default();
        let count = APPLICATION_ROWS_MAX as u64 + 10;
        for messages in 1..=count {
            usage.current = Counts {
                messages,
                attempts: 2 * messages,
                ..Counts::default()
            };
            usage.close_application(format!("app_{messages}"), None);
        }
        assert_eq!(usage.current, Counts::default());
        let shown = usage.of_applications();
        let rows = shown["applications"].as_array().unwrap();
        assert_eq!(rows.len(), APPLICATION_ROWS_MAX);
        assert_eq!(rows[0]["appId"], format!("app_{count}"));
        assert_eq!(rows.last().unwrap()["messages"], 11);
        assert_eq!(shown["others"]["applications"], 10);
        assert_eq!(shown["others"]["messages"], 55);
        assert_eq!(shown["all"]["messages"], count * (count + 1) / 2);
        assert_eq!(shown["all"]["attempts"], count * (count + 1));
    }

    #[test]
    fn event_types_beyond_the_rows_are_counted_together() {
        let mut usage = Usage::default();
        for n in 0..EVENT_TYPE_ROWS_MAX + 2 {
            usage.add_event_type(&format!("type.{n}"), 1_000);
        }
        usage.add_event_type("type.7", 500);
        usage.add_event_type("type.7", 61_000);
        let shown = usage.of_event_types();
        let rows = shown["eventTypes"].as_array().unwrap();
        assert_eq!(rows.len(), EVENT_TYPE_ROWS_MAX);
        let first =
            json!({"name": "type.7", "messages": 3, "lastMessageAt": "1970-01-01T00:01:01Z"});
        assert_eq!(rows[0], first);
        assert_eq!(shown["others"]["messages"], 2);
    }
}
