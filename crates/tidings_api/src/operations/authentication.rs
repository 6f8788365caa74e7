//! The operations of the topic "Authentication".

use tidings_domain::access::Access;

use super::row::{CHANGES, Topic, post};
use crate::portal_access::{
    OpenedSessionOut, PortalAccessOut, code_in, create_dashboard_access, create_portal_access,
    exchange_portal_link, expire_portal_sessions, expiry_in, log_out, portal_access_in,
};
use crate::shapes::of;

pub(super) fn topic() -> Topic {
    let rows = vec![
        post(v1!("/auth/app-portal-access/{app}"), create_portal_access)
            .is(
                "authentication.app_portal_access",
                "Makes a portal session of an application, with a link that is good once.",
                CHANGES,
            )
            .may_take(portal_access_in)
            .gives(200, of::<PortalAccessOut<'_>>),
        post(v1!("/auth/dashboard-access/{app}"), create_dashboard_access)
            .is(
                "authentication.dashboard_access",
                "Makes a portal session of an application; the old name of it.",
                CHANGES,
            )
            .gives(200, of::<PortalAccessOut<'_>>),
        post(v1!("/auth/app/{app}/expire-all"), expire_portal_sessions)
            .is(
                "authentication.expire_all",
                "Lets portal sessions of an application end, some of them or all.",
                CHANGES,
            )
            .may_take(expiry_in)
            .gives_nothing(),
        post(v1!("/auth/portal-exchange"), exchange_portal_link)
            .is(
                "authentication.portal_exchange",
                "Takes the code of a link for a token of its portal session, once.",
                Access::Anyone,
            )
            .takes(code_in)
            .gives(200, of::<OpenedSessionOut<'_>>),
        post(v1!("/auth/logout"), log_out)
            .is(
                "authentication.logout",
                "Ends the portal session of the caller.",
                Access::Session,
            )
            .gives_nothing(),
    ];
    Topic::of(
        "Authentication",
        "Portal sessions: who may act in one application for a while.",
        [rows],
    )
}
