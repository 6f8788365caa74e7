//! The trait [`Store`], which is the sum of its parts: a file for each topic.
//!
//! Who has a `dyn Store` calls the methods of all parts; who has a store of one
//! engine names the part, or brings in [`prelude`].

mod api_keys;
mod api_users;
mod applications;
mod audit;
mod boards;
mod changes;
mod deliveries;
mod endpoints;
mod environments;
mod event_types;
mod inboxes;
mod integrations;
mod jobs;
mod journals;
mod members;
mod messages;
mod nodes;
mod operational;
mod polling;
mod records;
mod sessions;
mod upkeep;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use api_keys::ApiKeys;
pub use api_users::{ApiUsers, NewApiUser};
pub use applications::Applications;
pub use audit::AuditLog;
pub use boards::{Boards, NewBoard, NewButton};
pub use changes::Changes;
pub use deliveries::Deliveries;
pub use endpoints::Endpoints;
pub use environments::Environments;
pub use event_types::EventTypes;
pub use inboxes::Inboxes;
pub use integrations::{Integrations, NewIntegration};
pub use jobs::Jobs;
pub use journals::Journals;
pub use members::{
    AcceptInvitation, MEMBER_SESSIONS_MAX, MemberChanged, Members, NewMember, NewMemberSession,
};
pub use messages::Messages;
pub use nodes::Nodes;
pub use operational::OperationalEvents;
pub use polling::Polling;
pub use records::Records;
pub use sessions::Sessions;
pub use upkeep::Upkeep;

use crate::{Note, StoreError};

/// What a store gives back: boxed, since the box costs nothing beside a commit and keeps the trait
/// usable as `dyn Store`.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Every business step that touches rows.
///
/// Writes return once they would survive a power cut. Reads see every write that has returned.
pub trait Store:
    Environments
    + ApiKeys
    + ApiUsers
    + Changes
    + Applications
    + AuditLog
    + Boards
    + Endpoints
    + EventTypes
    + Inboxes
    + Integrations
    + Members
    + Messages
    + Polling
    + Records
    + Sessions
    + Deliveries
    + Jobs
    + Journals
    + Nodes
    + OperationalEvents
    + Upkeep
    + Send
    + Sync
    + 'static
{
    /// The same store; a change that is asked of what this gives writes down along with itself what the
    /// note says.
    fn noting(&self, note: Note) -> Arc<dyn Store>;
}

/// All parts, for who has a store of one engine: `use tidings_store::prelude::*`.
pub mod prelude {
    pub use super::{
        ApiKeys as _, ApiUsers as _, Applications as _, AuditLog as _, Boards as _, Changes as _,
        Deliveries as _, Endpoints as _, Environments as _, EventTypes as _, Inboxes as _,
        Integrations as _, Jobs as _, Journals as _, Members as _, Messages as _, Nodes as _,
        OperationalEvents as _, Polling as _, Records as _, Sessions as _, Upkeep as _,
    };
}
