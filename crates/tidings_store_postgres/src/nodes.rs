//! Nodes in one group: a journal for each run, the slots in fair shares, takeover of the dead.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tidings_domain::clock::Millis;
use tidings_domain::slot;
use tidings_store::{Balance, Opened};

use crate::connection::Connection;
use crate::convert::number;
use crate::failure::Result;
use crate::journal::{JOURNALS, Journal, NEXT_JOURNAL, NUMBERS, Numbers, OPEN_JOURNAL, millis};
use crate::shares::{self, Plan, View};
use crate::statements::statements;
use crate::step::Scope;
use crate::takeover::take_over;

statements! {
    SLOT_OWNERS = "-- slot_owners
        SELECT journal, array_agg(slot ORDER BY slot) FROM slot_lease WHERE slot = ANY($1)
        GROUP BY journal";
    TAKE_SLOTS = "-- take_slots
        UPDATE slot_lease SET journal = $1 WHERE slot = ANY($2) AND journal = ANY($3)
        RETURNING slot";
    GIVE_SLOTS = "-- give_slots
        UPDATE slot_lease SET journal = 0 WHERE slot = ANY($2) AND journal = $1";
}

/// How this node takes part.
#[derive(Clone)]
pub(crate) struct Membership {
    /// What it is called.
    pub(crate) node: String,
    /// Whether it delivers, and so takes slots.
    pub(crate) delivers: bool,
    pub(crate) lease_for: Duration,
}

/// What a node knows of a group before it looks.
#[derive(Clone)]
pub(crate) struct Known {
    /// The slots that the group holds.
    pub(crate) slots: Vec<i16>,
    /// This node's journals in other groups: slots come with their owners when they move here.
    pub(crate) elsewhere: Vec<i32>,
    /// Slots that are given away as soon as nothing of them is in memory.
    pub(crate) leaving: BTreeSet<i16>,
    /// Slots of which something is.
    pub(crate) busy: BTreeSet<i16>,
}

/// What opening a journal gave.
pub(crate) struct Joined {
    pub(crate) opened: Opened,
    pub(crate) slots: Vec<i16>,
}

/// Takes over every journal whose lease has run out, opens one, and takes the slots that nobody has.
pub(crate) async fn join(
    scope: &mut Scope,
    membership: &Membership,
    known: &Known,
    now: Millis,
) -> Result<Joined> {
    let mut opened = Opened::default();
    for other in others(scope, &known.slots).await? {
        if !other.is_alive
            && let Some(recovered) = take_over(scope, (other.home, other.journal), now).await?
        {
            opened.taken_over += 1;
            opened.recovered += recovered;
        }
    }
    let home = known.slots.first().copied().unwrap_or_default();
    let connection = &scope.connection;
    let row = connection.query_one(NEXT_JOURNAL, &[]).await?;
    opened.journal = number(&row, 0)?;
    let row = connection.query_one(NUMBERS, &[]).await?;
    let numbers = Numbers {
        message: row.try_get(0)?,
        attempt: row.try_get(1)?,
    };
    connection
        .execute(
            OPEN_JOURNAL,
            &[
                &home,
                &i32::from(opened.journal),
                &membership.node,
                &millis(membership.lease_for),
                &numbers.message,
                &numbers.attempt,
                &now,
                &scope.journal.seen,
                &membership.delivers,
            ],
        )
        .await?;
    scope.journal = Journal::opened(opened.journal, home, numbers, scope.journal.seen);
    let seen = look(scope, known).await?;
    let mut slots = seen.mine;
    slots.extend(take(&scope.connection, seen.own, &seen.plan).await?);
    Ok(Joined { opened, slots })
}

/// What a round of balancing did.
#[derive(Default)]
pub(crate) struct Balanced {
    pub(crate) balance: Balance,
    /// All slots that this node has now, those included that it is about to give away.
    pub(crate) slots: Vec<i16>,
    pub(crate) plan: Plan,
}

/// Takes over from the dead, if this node may judge; then moves a step towards fair shares.
pub(crate) async fn balance(
    scope: &mut Scope,
    may_judge: bool,
    known: &Known,
    now: Millis,
) -> Result<Balanced> {
    let mut balanced = Balanced::default();
    if scope.is_fenced || !scope.journal.is_open() {
        balanced.balance.is_fenced = true;
        return Ok(balanced);
    }
    scope.journal.raise_floor(now); // an idle node holds nobody's horizon back
    for other in others(scope, &known.slots).await? {
        if may_judge
            && !other.is_alive
            && let Some(recovered) = take_over(scope, (other.home, other.journal), now).await?
        {
            balanced.balance.taken_over += 1;
            balanced.balance.recovered += recovered;
        }
    }
    let seen = look(scope, known).await?;
    balanced.balance.nodes_count = seen.workers_count.max(1);
    let connection = &scope.connection;
    balanced.slots = seen.mine;
    balanced
        .slots
        .extend(take(connection, seen.own, &seen.plan).await?);
    if !seen.plan.release.is_empty() {
        connection
            .execute(GIVE_SLOTS, &[&seen.own, &seen.plan.release])
            .await?;
    }
    balanced.plan = seen.plan;
    Ok(balanced)
}

/// Another node's journal.
struct Other {
    home: i16,
    journal: i32,
    is_alive: bool,
}

/// The journals of other runs.
async fn others(scope: &Scope, slots: &[i16]) -> Result<Vec<Other>> {
    let own = i32::from(scope.journal.id);
    let rows = scope.connection.query(JOURNALS, &[&slots]).await?;
    let journals = rows.iter().map(|row| {
        Ok(Other {
            home: row.try_get(0)?,
            journal: row.try_get(1)?,
            is_alive: row.try_get(2)?,
        })
    });
    let journals: Vec<Other> = journals.collect::<Result<_>>()?;
    Ok(journals
        .into_iter()
        .filter(|other| other.journal != own)
        .collect())
}

/// Who is there, and what follows for this node.
struct Seen {
    own: i32,
    workers_count: usize,
    mine: Vec<i16>,
    plan: Plan,
}

async fn look(scope: &Scope, known: &Known) -> Result<Seen> {
    let (connection, own) = (&scope.connection, i32::from(scope.journal.id));
    let rows = connection.query(JOURNALS, &[&known.slots]).await?;
    let (mut journals, mut workers) = (known.elsewhere.clone(), BTreeMap::new());
    for row in &rows {
        let journal: i32 = row.try_get(1)?;
        let (is_alive, delivers): (bool, bool) = (row.try_get(2)?, row.try_get(3)?);
        journals.push(journal);
        // A lease may be so short that this node's own has run out since the batch began.
        if delivers && (is_alive || journal == own) {
            // A node whose slots have moved has two journals here; it is one worker, by its newer one.
            workers.insert(row.try_get::<_, String>(4)?, journal);
        }
    }
    let mut workers: Vec<i32> = workers.into_values().collect();
    workers.sort_unstable();
    let mut owners = Vec::new();
    let mut moved_here = Vec::new();
    for row in connection.query(SLOT_OWNERS, &[&known.slots]).await? {
        let (owner, slots): (i32, Vec<i16>) = (row.try_get(0)?, row.try_get(1)?);
        let is_own = known.elsewhere.contains(&owner);
        if is_own {
            moved_here.extend(slots.iter().copied());
        } else if owner != 0 && !journals.contains(&owner) {
            // Slots move between groups with their owners, whose journals are where they were.
            journals.extend(living_anywhere(connection, owner).await?);
        }
        let owner = if is_own { own } else { owner };
        owners.extend(slots.into_iter().map(|slot| (slot, owner)));
    }
    if !moved_here.is_empty() {
        connection
            .query(TAKE_SLOTS, &[&own, &moved_here, &known.elsewhere])
            .await?;
    }
    let plan = shares::plan(&View {
        own,
        slots_count: known.slots.len(),
        workers: &workers,
        journals: &journals,
        owners: &owners,
        leaving: &known.leaving,
        busy: &known.busy,
    });
    let mine = owners.iter().filter(|(_, owner)| *owner == own);
    Ok(Seen {
        own,
        workers_count: workers.len(),
        mine: mine.map(|(slot, _)| *slot).collect(),
        plan,
    })
}

/// The journal, if it is there at all.
async fn living_anywhere(connection: &Connection, journal: i32) -> Result<Option<i32>> {
    let all: Vec<i16> = (0..slot::COUNT).collect();
    let rows = connection.query(JOURNALS, &[&all]).await?;
    for row in &rows {
        if row.try_get::<_, i32>(1)? == journal {
            return Ok(Some(journal));
        }
    }
    Ok(None)
}

/// Takes slots; another node may be quicker, so those that were really taken are given.
async fn take(connection: &Connection, own: i32, plan: &Plan) -> Result<Vec<i16>> {
    if plan.take.is_empty() {
        return Ok(Vec::new());
    }
    let rows = connection
        .query(TAKE_SLOTS, &[&own, &plan.take, &plan.from])
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
