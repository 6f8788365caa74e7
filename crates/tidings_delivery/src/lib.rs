//! Delivery: lanes, the dispatcher, the sender with its guarded connections, recovery and upkeep.

pub mod sender;
