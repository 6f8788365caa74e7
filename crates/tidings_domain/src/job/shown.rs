//! What people and programs read of a job, beside its id, its kind and its status.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::usage::Usage;
use super::{Job, JobKind, JobState, Phase};
use crate::clock::Millis;
use crate::operational::{Occasion, OperationalEvent, OperationalEventType};

impl JobState {
    /// The word that clients know. They know three: one that was canceled has not done what it was asked
    /// for, so it reads as failed; its data say more.
    pub fn status(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed | Self::Canceled => "failed",
        }
    }
}

impl Job {
    /// Everything else that there is to know of it.
    pub fn data(&self) -> Value {
        match self.kind {
            JobKind::ApplicationStats | JobKind::EventTypeStats => self.statistics(),
            _ => self.work(),
        }
    }

    /// Of one that finds something out.
    fn statistics(&self) -> Value {
        let progress = &self.progress;
        let mut data = json!({
            "since": format_time(self.order.since),
            "until": format_time(self.order.until),
            "canceled": self.state == JobState::Canceled,
            "error": progress.error,
            "phase": self.phase(),
            "applicationsTotal": self.is_total_known().then_some(progress.matched),
            "applicationsDone": progress.sent,
            "messagesRead": progress.read,
            "progress": self.share(),
            "ratePerSecond": self.rate(),
            "createdAt": format_time(self.created_at),
            "finishedAt": self.finished_at.map(format_time),
            "estimatedEnd": self.estimated_end().map(format_time),
        });
        let none = Usage::default();
        let usage = progress.usage.as_deref().unwrap_or(&none);
        let found = if self.kind == JobKind::ApplicationStats {
            usage.of_applications()
        } else {
            usage.of_event_types()
        };
        if let (Value::Object(data), Value::Object(found)) = (&mut data, found) {
            data.extend(found);
        }
        data
    }

    fn phase(&self) -> &'static str {
        match self.progress.phase {
            Phase::Counting => "counting",
            Phase::Working => "working",
        }
    }

    /// Of one that does something with messages.
    fn work(&self) -> Value {
        let (order, progress) = (&self.order, &self.progress);
        let at = |at: Option<Millis>| at.map(format_time);
        json!({
            "applicationId": order.application_id,
            "endpointId": order.endpoint_id,
            "since": format_time(order.since),
            "until": format_time(order.until),
            "dryRun": order.is_dry_run,
            "canceled": self.state == JobState::Canceled,
            "error": progress.error,
            "phase": self.phase(),
            "waitingFor": progress.waits_for,
            "matched": progress.matched,
            "total": self.is_total_known().then_some(progress.matched),
            "sent": progress.sent,
            "skipped": progress.skipped.total(),
            "skippedBecause": progress.skipped,
            "progress": self.share(),
            "ratePerSecond": self.rate(),
            "createdAt": format_time(self.created_at),
            "finishedAt": at(self.finished_at),
            "estimatedEnd": at(self.estimated_end()),
        })
    }

    fn is_total_known(&self) -> bool {
        self.progress.phase == Phase::Working || self.state == JobState::Finished
    }

    /// How much of it is done, from 0 to 1.
    fn share(&self) -> f64 {
        if self.state == JobState::Finished {
            return 1.0;
        }
        let progress = &self.progress;
        let (done, all) = match progress.phase {
            Phase::Working => (progress.sent + progress.skipped.total(), progress.matched),
            // Counting is all that a dry run does; its share is that of the time that it has gone through.
            Phase::Counting if self.order.is_dry_run => {
                let reached = progress
                    .place()
                    .map_or(0, |id| id.at_ms() - self.order.since);
                let whole = self.order.until - self.order.since;
                (reached.max(0).unsigned_abs(), whole.max(1).unsigned_abs())
            }
            Phase::Counting => (0, 1),
        };
        to_float(done.min(all)) / to_float(all.max(1))
    }

    /// Since it works, rounded to tenths.
    fn rate(&self) -> Option<f64> {
        let worked_ms = self.updated_at - self.progress.working_since?;
        let ms = u32::try_from(worked_ms).ok().filter(|ms| *ms > 0)?;
        let per_second = to_float(self.progress.sent) * 1_000.0 / f64::from(ms);
        Some((per_second * 10.0).round() / 10.0)
    }

    fn estimated_end(&self) -> Option<Millis> {
        let share = self.share();
        if self.state != JobState::Running || share <= 0.0 {
            return None;
        }
        let since = self.progress.working_since.unwrap_or(self.created_at);
        let worked_ms = u32::try_from(self.updated_at - since).ok()?;
        let left_secs = f64::from(worked_ms) / 1_000.0 * (1.0 - share) / share;
        let left = Duration::try_from_secs_f64(left_secs).ok()?;
        Some(self.updated_at + Millis::try_from(left.as_millis()).ok()?)
    }

    /// That it has ended, for who is told of such things.
    pub fn end(&self) -> Option<OperationalEvent> {
        let occasion = Occasion {
            at: self.finished_at?,
            tail: self.id.parts().tail,
        };
        let data = json!({
            "taskId": self.id.to_string(),
            "task": self.kind.as_str(),
            "status": self.state.status(),
            "data": self.data(),
        });
        let whose = (self.environment, self.owner());
        let event_type = OperationalEventType::BackgroundTaskFinished;
        Some(occasion.event(event_type, whose, &data))
    }

    /// What its slot follows from: its application, or its environment if it has none.
    fn owner(&self) -> i64 {
        if self.application == 0 {
            self.environment
        } else {
            self.application
        }
    }
}

fn to_float(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// RFC 3339, UTC.
pub(super) fn format_time(at: Millis) -> String {
    Timestamp::from_millisecond(at)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::JobId;
    use crate::job::{JobKind, JobOrder, JobProgress};

    fn job() -> Job {
        Job {
            id: JobId::new(1_000, 3, 1, 7),
            environment: 1,
            application: 2,
            endpoint: 3,
            kind: JobKind::Recover,
            state: JobState::Running,
            order: JobOrder::default(),
            progress: JobProgress {
                phase: Phase::Working,
                matched: 10,
                sent: 4,
                working_since: Some(2_000),
                ..JobProgress::default()
            },
            version: 1,
            created_at: 1_000,
            updated_at: 4_000,
            finished_at: None,
        }
    }

    #[test]
    fn how_far_a_job_is_tells_when_it_will_end() {
        let data = job().data();
        assert_eq!(data["progress"], 0.4);
        assert_eq!(data["ratePerSecond"], 2.0);
        assert_eq!(data["estimatedEnd"], "1970-01-01T00:00:07Z");
        assert_eq!(data["total"], 10);
        assert!(job().end().is_none());
    }

    #[test]
    fn a_canceled_job_reads_as_failed_and_says_that_it_was_canceled() {
        let canceled = Job {
            state: JobState::Canceled,
            finished_at: Some(5_000),
            ..job()
        };
        assert_eq!(canceled.state.status(), "failed");
        let event = canceled.end().unwrap();
        let told: Value = serde_json::from_str(&event.payload).unwrap();
        assert_eq!(told["data"]["data"]["canceled"], true);
        assert_eq!(told["data"]["taskId"], canceled.id.to_string());
        assert_eq!((event.environment, event.application), (1, 2));
    }
}
