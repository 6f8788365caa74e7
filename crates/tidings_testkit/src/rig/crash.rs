//! How servers die.

use std::time::{Duration, Instant};

use super::{Outage, Rig, Settings, power};
use crate::program::Server;
use crate::wait;

/// A death.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// `kill -9` at a random moment.
    Random,
    /// At a point in the code, when it is passed for the nth time.
    At {
        /// Its name; see `tidings_store::faults`.
        point: &'static str,
        /// How often it is passed, with the last time.
        passes: u64,
    },
    /// While the next server takes over what the last one had in hand. The last one is killed for it.
    DuringRecovery,
}

/// How long a server may take to reach the point at which it dies.
const REACHES_IN: Duration = Duration::from_secs(20);

impl Rig {
    /// Starts a server, and lets it die as told.
    pub(super) async fn crash(&mut self, crash: Crash, settings: &Settings) {
        let up_at = match crash {
            Crash::Random => {
                let server = self.start().await;
                let up_at = self.live(settings).await;
                server.kill().await;
                up_at
            }
            Crash::At { point, passes } => {
                let plain = self.arm(&format!("{point}:{passes}"));
                let server = self.start().await;
                let up_at = Instant::now();
                let ended = server.ended_in(REACHES_IN).await;
                assert!(
                    ended.is_ok_and(|status| !status.success()),
                    "the server did not die at {point}; is it built with the feature `faults`?"
                );
                self.program = plain;
                up_at
            }
            Crash::DuringRecovery => {
                let server = self.start().await;
                let up_at = self.live(settings).await;
                server.kill().await;
                self.mark_down(up_at, settings);
                let plain = self.arm("during-recovery:1");
                let started = self.program.try_serve().await;
                assert!(
                    started.is_err(),
                    "the server did not die during recovery; is it built with the feature `faults`?"
                );
                self.program = plain;
                up_at
            }
        };
        self.mark_down(up_at, settings);
    }

    /// Starts a server and tells the load.
    pub(crate) async fn start(&mut self) -> Server {
        let server = self.program.serve().await;
        if let Some(outage) = self.outages.last_mut() {
            outage.to = Instant::now();
        }
        self.addresses.send_replace(vec![server.address()]);
        server
    }

    /// Lets a server live for a random time. Gives the moment before its death.
    async fn live(&mut self, settings: &Settings) -> Instant {
        let (low, high) = settings.life_ms;
        let life = self.chance.between(low, high + 1);
        wait::pass(Duration::from_millis(life)).await;
        Instant::now()
    }

    fn mark_down(&mut self, up_at: Instant, settings: &Settings) {
        self.addresses.send_replace(Vec::new());
        power::cut(&self.program, &settings.power);
        self.outages.push(Outage {
            from: up_at,
            to: Instant::now(),
        });
    }

    /// Arms a point; gives the program as it was.
    fn arm(&mut self, point: &str) -> crate::program::Program {
        let armed = self.program.clone().setting("fault_point", point);
        std::mem::replace(&mut self.program, armed)
    }
}
