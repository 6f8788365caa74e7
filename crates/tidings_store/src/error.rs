//! What can go wrong in a store. A variant is here only if somebody acts on it.

/// Why a store did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk, or too little to be safe. Try again later; nothing was changed.
    #[error("the disk is full or nearly full")]
    Full,
    /// Too much waits to be written. Try again soon; nothing was changed.
    #[error("the store has more to write than it can take")]
    Busy,
    /// The store is out of reach or stopping. Try again later; whether the change was made is open.
    #[error("the store is out of reach: {0}")]
    Unavailable(String),
    /// The data cannot be used as they are: locked, read-only, from a newer version, damaged.
    #[error("{0}")]
    Unusable(String),
    /// Anything else; a defect.
    #[error("the store failed: {0}")]
    Internal(String),
}
