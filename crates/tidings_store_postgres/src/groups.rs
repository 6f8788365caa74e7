//! Which group holds which slot.
//!
//! Citus knows, in its catalogue; the map is read again every few seconds, since slots move while nodes
//! write. A map that is a little old is slower and not wrong: a server passes rows on that are another's.
//! Plain PostgreSQL is one group.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tidings_domain::slot;
use tidings_store::StoreError;

use crate::connection::Connection;
use crate::connector::Connector;
use crate::failure::Result;
use crate::group::{Common, Group};
use crate::statements::statements;

/// How often the map is read.
const READ_EVERY: Duration = Duration::from_secs(5);

statements! {
    HAS_CATALOGUE = "-- has_catalogue
        SELECT to_regclass('pg_dist_node') IS NOT NULL";
}

/// Only where there is a catalogue, and therefore in no list of what can be prepared everywhere.
const SLOT_PLACES: &str = "
    SELECT all_slots.slot::smallint, node.nodename, node.nodeport
    FROM generate_series(0, 1023) AS all_slots (slot)
    JOIN pg_dist_placement AS placement ON placement.shardid =
        get_shard_id_for_distribution_column('message', all_slots.slot::smallint)
    JOIN pg_dist_node AS node ON node.groupid = placement.groupid AND node.noderole = 'primary'
    WHERE EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrel = 'message'::regclass)
    ORDER BY all_slots.slot";

/// A server as the catalogue names it.
type Server = (String, u16);

/// The groups of a database.
pub(crate) struct Groups {
    /// The server that the address names. What spans groups is written there: configuration above all.
    pub(crate) home: Arc<Group>,
    connector: Arc<Connector>,
    common: Common,
    /// The groups of servers that the catalogue names.
    others: Mutex<BTreeMap<Server, Arc<Group>>>,
    of_slot: RwLock<Arc<[Arc<Group>]>>,
    read_at: Mutex<Option<Instant>>,
}

impl Groups {
    /// One group for everything, until the map is read.
    pub(crate) fn new(
        connector: Arc<Connector>,
        common: Common,
    ) -> std::result::Result<Self, StoreError> {
        let home = Group::start(connector.clone(), &common)?;
        let of_slot = (0..slot::COUNT).map(|_| home.clone()).collect();
        Ok(Self {
            home,
            connector,
            common,
            others: Mutex::default(),
            of_slot: RwLock::new(of_slot),
            read_at: Mutex::default(),
        })
    }

    /// The group that holds a slot.
    pub(crate) fn of(&self, slot: i16) -> Arc<Group> {
        self.map()[index(slot)].clone()
    }

    /// The group in which this journal is open.
    pub(crate) fn with_journal(&self, journal: u16) -> Option<Arc<Group>> {
        let mut all = self.all().into_iter();
        all.find(|group| journal != 0 && group.lease.journal() == journal)
    }

    /// All groups, those without slots included.
    pub(crate) fn all(&self) -> Vec<Arc<Group>> {
        let others = lock(&self.others);
        let mut all = vec![self.home.clone()];
        all.extend(others.values().cloned());
        all
    }

    /// The groups that hold slots, with these.
    pub(crate) fn with_slots(&self) -> Vec<(Arc<Group>, Vec<i16>)> {
        slots_by_group(&self.map())
    }

    fn map(&self) -> Arc<[Arc<Group>]> {
        let map = self.of_slot.read();
        map.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the map anew, if it is time. What it says holds once [`Self::follow`] was called.
    pub(crate) async fn read(&self, connection: &Connection) -> Result<Option<Map>> {
        let is_new = lock(&self.read_at).is_some_and(|at| at.elapsed() < READ_EVERY);
        if is_new {
            return Ok(None);
        }
        let has_catalogue: bool = connection.query_one(HAS_CATALOGUE, &[]).await?.try_get(0)?;
        let mut servers = Vec::new();
        if has_catalogue {
            for row in connection.query(SLOT_PLACES, &[]).await? {
                let port: i32 = row.try_get(2)?;
                let port = u16::try_from(port).unwrap_or(5432);
                servers.push((row.try_get::<_, i16>(0)?, (row.try_get(1)?, port)));
            }
        }
        let map = self.groups_at(servers)?;
        *lock(&self.read_at) = Some(Instant::now());
        Ok(Some(map))
    }

    /// The next reading is due.
    pub(crate) fn forget_when(&self) {
        *lock(&self.read_at) = None;
    }

    /// The groups of these servers, started where need be; slots of none are at home.
    fn groups_at(&self, servers: Vec<(i16, Server)>) -> std::result::Result<Map, StoreError> {
        let mut of_slot = vec![self.home.clone(); index(slot::COUNT)];
        let mut others = lock(&self.others);
        for (slot, server) in servers {
            let group = if let Some(known) = others.get(&server) {
                known.clone()
            } else {
                let connector = Arc::new(self.connector.elsewhere(&server.0, server.1));
                tracing::info!("Slots are at {} as well", connector.place());
                let group = Group::start(connector, &self.common)?;
                others.insert(server, group.clone());
                group
            };
            of_slot[index(slot)] = group;
        }
        Ok(Map(of_slot.into()))
    }

    /// From now on slots are where this map says.
    pub(crate) fn follow(&self, map: Map) {
        let mut of_slot = self.of_slot.write().unwrap_or_else(PoisonError::into_inner);
        *of_slot = map.0;
    }
}

/// Where slots are.
pub(crate) struct Map(Arc<[Arc<Group>]>);

impl Map {
    /// The groups that hold slots by it, with these.
    pub(crate) fn with_slots(&self) -> Vec<(Arc<Group>, Vec<i16>)> {
        slots_by_group(&self.0)
    }
}

fn slots_by_group(of_slot: &[Arc<Group>]) -> Vec<(Arc<Group>, Vec<i16>)> {
    let mut groups: Vec<(Arc<Group>, Vec<i16>)> = Vec::new();
    for (slot, group) in (0..slot::COUNT).zip(of_slot) {
        match groups
            .iter_mut()
            .find(|(known, _)| Arc::ptr_eq(known, group))
        {
            Some((_, slots)) => slots.push(slot),
            None => groups.push((group.clone(), vec![slot])),
        }
    }
    groups
}

fn index(slot: i16) -> usize {
    usize::try_from(slot).expect("slots are not negative")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
