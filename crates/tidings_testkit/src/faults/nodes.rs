//! Two nodes on one database: the one that owns the slot of all messages, and the other.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::task::block_in_place;

use super::{LEASE, Scene};
use crate::program::Server;
use crate::wait;

/// The node that owns the slot of the rig's only application.
const OWNER: &str = "SELECT journal.node FROM application \
    JOIN slot_lease ON slot_lease.slot = application.slot \
    JOIN journal ON journal.id = slot_lease.journal";
/// The nodes that own slots and whose lease has not run out.
const SHARING: &str = "SELECT journal.node FROM slot_lease \
    JOIN journal ON journal.id = slot_lease.journal \
    WHERE journal.lease_until > extract(epoch FROM now()) * 1000 GROUP BY journal.node";
/// The nodes that nobody has taken over from.
const NODES: &str = "SELECT node FROM journal";
/// A pause goes on for so long after the takeover.
const LONGER: Duration = Duration::from_millis(500);

impl Scene {
    /// Starts a node, and waits until it has its share of the work.
    pub(super) async fn start_node(&mut self) {
        let node = self.rig.program.serve().await;
        let pid = node.pid();
        self.nodes.push(node);
        self.tell_addresses();
        self.wait_for(SHARING, pid, true).await;
    }

    fn tell_addresses(&self) {
        let addresses = self.nodes.iter().map(Server::address).collect();
        self.rig.addresses.send_replace(addresses);
    }

    /// Kills the owner or the other, and leaves the work to who is left.
    pub(super) async fn kill(&mut self, is_owner: bool) {
        let owner = self.owner().await;
        let place = if is_owner { owner } else { 1 - owner };
        let node = self.nodes.remove(place);
        self.struck = Some((node.pid(), Instant::now()));
        node.kill().await;
        self.tell_addresses();
    }

    /// Pauses a node, each in turn, until the other has taken over from it, and lets it go on.
    pub(super) async fn pause(&mut self) {
        self.watched = 1 - self.watched;
        let pid = self.nodes[self.watched].pid();
        let paused_at = Instant::now();
        kill_process(pid, Signal::STOP).unwrap();
        self.wait_for(NODES, pid, false).await;
        self.taken_over_in.push(paused_at.elapsed());
        wait::pass(LONGER).await;
        assert!(
            paused_at.elapsed() > LEASE / 2,
            "the other did not wait for its lease"
        );
        kill_process(pid, Signal::CONT).unwrap();
    }

    /// Brings both nodes back to where they were before the stroke.
    pub(super) async fn mend(&mut self) {
        if let Some((pid, struck_at)) = self.struck.take() {
            self.wait_for(NODES, pid, false).await;
            self.taken_over_in.push(struck_at.elapsed());
            self.start_node().await;
        }
        for node in &self.nodes {
            self.wait_for(SHARING, node.pid(), true).await;
        }
    }

    /// The place of the node that owns the slot.
    async fn owner(&self) -> usize {
        let owner = async || {
            let named = block_in_place(|| self.database.query(OWNER));
            self.nodes.iter().position(|node| is_of(&named, node.pid()))
        };
        let owner = wait::until("an owner of the slot", owner, Option::is_some);
        owner.await.unwrap()
    }

    /// Waits until a list of nodes names a process, or does not any more.
    async fn wait_for(&self, list: &str, pid: Pid, is_there: bool) {
        let named = async || {
            let named = block_in_place(|| self.database.query(list));
            named.lines().any(|node| is_of(node, pid))
        };
        let what = format!("{list}: {pid:?}, {is_there}");
        wait::until(&what, named, |is_named| *is_named == is_there).await;
    }
}

/// The name of a node begins with the number of its process.
fn is_of(node: &str, pid: Pid) -> bool {
    let number = node.split('-').next().unwrap_or_default();
    number == pid.as_raw_nonzero().to_string()
}
