//! One test for each of the suite.

use crate::support::Folder;

macro_rules! tests {
    ($($module:ident: $($name:ident),+;)+) => {
        $(mod $module {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    tidings_store::conformance::run(stringify!($name), &Folder::new()).await;
                }
            )+
        })+
    };
}

tidings_store::every_conformance_test!(tests);
