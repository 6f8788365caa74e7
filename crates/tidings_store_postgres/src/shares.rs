//! Fair shares: which slots a node takes and which it gives away.
//!
//! The owner of a slot is a journal: its lease is the slot's. So a slot changes hands in two ways only: its
//! owner gives it away, or the owner's journal is gone, closed or taken over.

use std::collections::BTreeSet;

/// What there is to know about the slots.
pub(crate) struct View<'a> {
    /// This node's journal in the group.
    pub(crate) own: i32,
    /// How many slots the group has.
    pub(crate) slots_count: usize,
    /// The journals of all nodes that deliver, ascending, this one's included if it does.
    pub(crate) workers: &'a [i32],
    /// Every journal that there is.
    pub(crate) journals: &'a [i32],
    /// Slots with their owners.
    pub(crate) owners: &'a [(i16, i32)],
    /// Slots that are on their way to somebody else.
    pub(crate) leaving: &'a BTreeSet<i16>,
    /// Slots of which something is in memory.
    pub(crate) busy: &'a BTreeSet<i16>,
}

/// What to do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Slots to take, and the owners that they are taken from: nobody, or journals that are gone.
    pub(crate) take: Vec<i16>,
    pub(crate) from: Vec<i32>,
    /// Slots to take nothing from any more, so that they can be given away.
    pub(crate) leave: Vec<i16>,
    /// Those that can be given away now.
    pub(crate) release: Vec<i16>,
    /// Those that are kept after all.
    pub(crate) keep: Vec<i16>,
}

/// How many of so many slots the worker at this place has: as many as each other, or one more.
fn share(slots_count: usize, place: usize, workers_count: usize) -> usize {
    slots_count / workers_count + usize::from(place < slots_count % workers_count)
}

/// Plans the next step towards fair shares.
pub(crate) fn plan(view: &View<'_>) -> Plan {
    let place = view.workers.iter().position(|worker| *worker == view.own);
    let workers_count = view.workers.len();
    let fair = place.map_or(0, |place| share(view.slots_count, place, workers_count));
    let mine = view.owners.iter().filter(|(_, owner)| *owner == view.own);
    let mine: Vec<i16> = mine.map(|(slot, _)| *slot).collect();
    let (leaving, staying): (Vec<i16>, Vec<i16>) =
        mine.iter().partition(|slot| view.leaving.contains(slot));
    let mut plan = Plan::default();
    if staying.len() > fair {
        let excess = staying.len() - fair;
        // Those in which nothing goes on first.
        let mut candidates = staying;
        candidates.sort_by_key(|slot| (view.busy.contains(slot), std::cmp::Reverse(*slot)));
        plan.leave = candidates[..excess].to_vec();
    } else {
        let missing = fair - staying.len();
        plan.keep = leaving.iter().copied().take(missing).collect();
        let missing = missing - plan.keep.len();
        (plan.take, plan.from) = free(view, place.unwrap_or(0), missing);
    }
    let is_idle = |slot: &i16| !view.busy.contains(slot) && !plan.keep.contains(slot);
    plan.release = leaving.into_iter().filter(is_idle).collect();
    plan
}

/// Some of the slots that nobody owns. Each worker begins to look at another place, so that those who
/// start together do not want the same ones.
fn free(view: &View<'_>, place: usize, wanted: usize) -> (Vec<i16>, Vec<i32>) {
    let is_free = |owner: i32| owner == 0 || !view.journals.contains(&owner);
    let free = view.owners.iter().filter(|(_, owner)| is_free(*owner));
    let mut free: Vec<(i16, i32)> = free.copied().collect();
    if !free.is_empty() {
        let start = free.len() * place / view.workers.len().max(1);
        free.rotate_left(start);
    }
    free.truncate(wanted);
    let from: BTreeSet<i32> = free.iter().map(|(_, owner)| *owner).collect();
    let slots = free.into_iter().map(|(slot, _)| slot).collect();
    (slots, from.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tidings_domain::slot;

    use super::*;

    /// Nodes that share the slots in memory.
    #[derive(Default)]
    struct World {
        owners: BTreeMap<i16, i32>,
        leaving: BTreeMap<i32, BTreeSet<i16>>,
        busy: BTreeSet<i16>,
        workers: Vec<i32>,
    }

    impl World {
        fn of(workers: &[i32]) -> Self {
            Self {
                owners: (0..slot::COUNT).map(|slot| (slot, 0)).collect(),
                workers: workers.to_vec(),
                ..Self::default()
            }
        }

        fn step(&mut self, own: i32) {
            let owners: Vec<(i16, i32)> = self.owners.iter().map(|(s, o)| (*s, *o)).collect();
            let leaving = self.leaving.entry(own).or_default();
            let plan = plan(&View {
                own,
                slots_count: 1024,
                workers: &self.workers,
                journals: &self.workers,
                owners: &owners,
                leaving,
                busy: &self.busy,
            });
            for slot in &plan.take {
                let before = self.owners.insert(*slot, own).unwrap();
                assert!(!self.workers.contains(&before), "taken from somebody alive");
                assert!(plan.from.contains(&before));
            }
            leaving.extend(&plan.leave);
            for slot in plan.keep.iter().chain(&plan.release) {
                leaving.remove(slot);
            }
            for slot in &plan.release {
                assert!(!self.busy.contains(slot));
                self.owners.insert(*slot, 0);
            }
        }

        fn settle(&mut self) {
            for _ in 0..4 {
                for own in self.workers.clone() {
                    self.step(own);
                }
            }
        }

        fn counts(&self) -> Vec<usize> {
            let count = |own: &i32| self.owners.values().filter(|owner| *owner == own).count();
            self.workers.iter().map(count).collect()
        }
    }

    #[test]
    fn one_node_takes_everything_at_once() {
        let mut world = World::of(&[7]);
        world.step(7);
        assert_eq!(world.counts(), [1024]);
    }

    #[test]
    fn shares_are_fair_when_nodes_come_and_go() {
        let mut world = World::of(&[1]);
        world.settle();
        world.workers = vec![1, 2, 3];
        world.settle();
        assert_eq!(world.counts(), [342, 341, 341]);
        world.workers = vec![1, 3];
        world.settle();
        assert_eq!(world.counts(), [512, 512]);
        world.workers = vec![1, 3, 4, 5, 6];
        world.settle();
        assert_eq!(world.counts(), [205, 205, 205, 205, 204]);
    }

    #[test]
    fn a_busy_slot_stays_until_nothing_of_it_is_in_memory() {
        let mut world = World::of(&[1]);
        world.settle();
        world.busy = (0..slot::COUNT).collect();
        world.workers = vec![1, 2];
        world.settle();
        assert_eq!(world.counts(), [1024, 0]);
        world.busy = (0..10).collect();
        world.settle();
        assert_eq!(world.counts(), [512, 512]);
        assert!((0..10).all(|slot| world.owners[&slot] == 1));
    }

    #[test]
    fn a_node_that_is_to_have_more_again_keeps_what_was_on_its_way() {
        let mut world = World::of(&[1]);
        world.settle();
        world.busy = (0..slot::COUNT).collect();
        world.workers = vec![1, 2];
        world.step(1);
        assert_eq!(world.leaving[&1].len(), 512);
        world.workers = vec![1];
        world.step(1);
        assert!(world.leaving[&1].is_empty());
        assert_eq!(world.counts(), [1024]);
    }

    #[test]
    fn a_node_that_does_not_deliver_gives_everything_away() {
        let mut world = World::of(&[1]);
        world.settle();
        world.workers = vec![2];
        world.step(1);
        world.step(1);
        world.step(2);
        assert_eq!(world.counts(), [1024]);
    }

    #[test]
    fn nodes_that_start_together_do_not_want_the_same_slots() {
        let mut world = World::of(&[1, 2]);
        let owners: Vec<(i16, i32)> = world.owners.iter().map(|(s, o)| (*s, *o)).collect();
        let wanted = |own| {
            plan(&View {
                own,
                slots_count: 1024,
                workers: &[1, 2],
                journals: &[1, 2],
                owners: &owners,
                leaving: &BTreeSet::new(),
                busy: &BTreeSet::new(),
            })
            .take
        };
        let (one, other) = (wanted(1), wanted(2));
        assert!(one.iter().all(|slot| !other.contains(slot)));
        world.settle();
        assert_eq!(world.counts(), [512, 512]);
    }
}
