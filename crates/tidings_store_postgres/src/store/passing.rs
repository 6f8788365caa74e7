//! How most methods are passed on: a step in the writer's transaction, or a read beside it.

/// A step in the writer's transaction.
macro_rules! write {
    ($store:expr, |$scope:ident| $work:expr) => {
        $store.write(move |$scope| Box::pin(async move { $work.await }))
    };
}

/// The same in the group that holds a slot.
macro_rules! write_in {
    ($store:expr, $slot:expr, |$scope:ident| $work:expr) => {
        $store.write_in($slot, move |$scope| Box::pin(async move { $work.await }))
    };
}

/// A step in the writer's transaction that the audit log tells of, if a note goes along.
macro_rules! write_audited {
    ($store:expr, |$scope:ident| $work:expr) => {
        $store.write(move |$scope| {
            Box::pin(async move {
                let result = $work.await?;
                crate::audit::note($scope, &result).await?;
                Ok(result)
            })
        })
    };
}

/// The same in the group that holds a slot.
macro_rules! write_audited_in {
    ($store:expr, $slot:expr, |$scope:ident| $work:expr) => {
        $store.write_in($slot, move |$scope| {
            Box::pin(async move {
                let result = $work.await?;
                crate::audit::note($scope, &result).await?;
                Ok(result)
            })
        })
    };
}

/// A read on a connection of its own.
macro_rules! read {
    ($store:expr, |$reader:ident| $work:expr) => {{
        let readers = $store.readers.clone();
        Box::pin(async move {
            let $reader = readers.take().await?;
            Ok($work.await?)
        })
    }};
}

pub(crate) use {read, write, write_audited, write_audited_in, write_in};
