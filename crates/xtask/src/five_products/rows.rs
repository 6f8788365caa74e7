//! The rows of the requirement: what the five source products do, by their ids. The ids and their order are
//! those of the requirement and do not change; what each row still waits for does.

/// One capability.
pub(super) struct Row {
    /// Its product and number, such as `EL-12`.
    pub(super) id: &'static str,
    /// The capability, in a few words.
    pub(super) what: &'static str,
    /// Which part of it only a page can show.
    pub(super) page: Page,
}

/// What a row has to do with the pages for people; `e2e/` uses them as people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// Nothing: the tests show all of it.
    None,
    /// The tests show what the API does; this part is shown in a browser.
    Half(&'static str),
    /// Only a page can show it.
    All(&'static str),
}

const fn row(id: &'static str, what: &'static str, page: Page) -> Row {
    Row { id, what, page }
}

use Page::{All, Half, None};

/// A communication device: buttons that send.
const TOUCH_CHAT: [Row; 15] = [
    row("TC-1", "a button has a webhook", None),
    row(
        "TC-2",
        "pressing it sends once, and nothing else does",
        None,
    ),
    row("TC-3", "URL and JSON go out as entered", None),
    row(
        "TC-4",
        "the payload may be missing",
        Half("no error on the page"),
    ),
    row("TC-5", "nested payloads pass unchanged", None),
    row("TC-6", "what is no JSON is refused with the reason", None),
    row(
        "TC-7",
        "an input for JSON that tells at once",
        Half("that it checks while one types"),
    ),
    row("TC-8", "only HTTP, and by default only HTTPS", None),
    row(
        "TC-9",
        "without a network it says so",
        All("the browser knows whether it is online"),
    ),
    row("TC-10", "the editor shows both notices", None),
    row("TC-11", "the six terms are explained", None),
    row("TC-12", "Create a document, with a payload", None),
    row(
        "TC-13",
        "a receiver that stores and shows",
        Half("the inbox as a page"),
    ),
    row(
        "TCx-2",
        "one webhook for each button, any number of buttons",
        None,
    ),
    row("TCx-4", "`${SDB}` and `${MESSAGE}` in payloads", None),
];

/// A travel platform: accounts and their webhooks.
const WINK: [Row; 21] = [
    row("WK-1", "a booking is told within five seconds", None),
    row(
        "WK-2",
        "the page of accounts",
        All("cards, one for each account of whoever is logged in"),
    ),
    row(
        "WK-3",
        "Actions, Manage account",
        All("a menu on each card"),
    ),
    row(
        "WK-4",
        "the tab Webhooks",
        All("a tab with an address of its own"),
    ),
    row(
        "WK-5",
        "all webhooks of the account",
        Half("rows, and a text where there are none"),
    ),
    row(
        "WK-6",
        "to edit one or make one from the list",
        All("two buttons in the list"),
    ),
    row(
        "WK-7",
        "a booking dispatches `booking.created`, and nothing else does",
        None,
    ),
    row("WK-8", "a receiver counts bookings by day", None),
    row(
        "WK-9",
        "the button Create new webhook",
        All("a button that opens the form"),
    ),
    row(
        "WK-10",
        "the field Name",
        Half("an empty name is refused by the form; the API makes do without"),
    ),
    row("WK-11", "Enable, on by default", Half("the switch")),
    row(
        "WK-12",
        "linked with one of the own accounts",
        Half("the choice of accounts"),
    ),
    row(
        "WK-13",
        "Events, several of many",
        Half("the choice of events"),
    ),
    row("WK-14", "Webhook URL, kept as it is", Half("the field")),
    row(
        "WK-15",
        "ready as soon as it is saved",
        Half("back at the list with a message"),
    ),
    row(
        "WK-16",
        "Actions, Update",
        All("a menu, and the form filled in"),
    ),
    row("WK-17", "disabled and enabled again", Half("the switch")),
    row("WK-18", "more or fewer events", Half("the form")),
    row("WK-19", "another URL", Half("the form")),
    row(
        "WK-20",
        "removed for good",
        Half("Actions, Remove, OK or Cancel"),
    ),
    row("WK-21", "in Finnish", All("labels of pages")),
];

/// An event platform: changes of users and companies.
const EVENT_INSIGHT: [Row; 21] = [
    row(
        "EI-1",
        "changes are told, and saving without one is not",
        None,
    ),
    row("EI-2", "a POST to the URL", None),
    row(
        "EI-3",
        "`entity_id`, `entity_type`, `action_type`, `result`",
        None,
    ),
    row("EI-4", "`user` and `company`", None),
    row("EI-5", "`new`, `update`, `delete`, in this order", None),
    row("EI-6", "the id as the API has it, of the same type", None),
    row(
        "EI-7",
        "`result` is the new value as the API gives it",
        None,
    ),
    row("EI-8", "no `result` after a deletion", None),
    row(
        "EI-9",
        "for admins only",
        Half("the menu, and a 403 for who is no admin"),
    ),
    row("EI-10", "Settings, Integrations, Couplings", None),
    row("EI-11", "the button New webhook", None),
    row("EI-12", "a name is only a description", None),
    row("EI-13", "active or not", Half("the control")),
    row("EI-14", "the URL is used as it is", None),
    row("EI-15", "each trigger by itself", Half("boxes to tick")),
    row(
        "EI-16",
        "the selection is shown and saved",
        Half("the settings of a webhook"),
    ),
    row(
        "EI-17",
        "a test says `action_type: test` and shows the answer",
        Half("the button"),
    ),
    row(
        "EI-18",
        "a test carries the record of who asks",
        Half("whoever is logged in is the user"),
    ),
    row("EI-19", "the last ten requests", Half("the log as a page")),
    row("EI-20", "a plain catcher of requests will do", None),
    row("EI-21", "in German", All("labels of pages")),
];

/// A contact centre: REST hooks.
const THULIUM: [Row; 22] = [
    row(
        "TH-1",
        "`POST /api/webhooks` adds one",
        Half("the list of the dashboard"),
    ),
    row("TH-2", "by HTTP Basic only", None),
    row("TH-3", "answers are JSON", None),
    row("TH-4", "`actions` must be a list", None),
    row("TH-5", "several actions, in their order", None),
    row("TH-6", "actions are of a published list", None),
    row("TH-7", "`subscription_url` must be a URL", None),
    row("TH-8", "escaped slashes are ordinary JSON", None),
    row("TH-9", "the five keys and no other", None),
    row("TH-10", "ids are numbers that grow", None),
    row("TH-11", "credentials for the target", None),
    row("TH-12", "the PHP client sees a success", None),
    row("TH-13", "with and without a charset", None),
    row("TH-14", "the pipe into HTTPie", None),
    row("TH-15", "a slow target delays nobody", None),
    row(
        "TH-16",
        "a length that counts characters gets a prompt 400",
        None,
    ),
    row("TH-17", "errors can be printed", None),
    row("TH-18", "each sees its own", None),
    row("TH-19", "the documentation with calls that work", None),
    row("TH-20", "a chat that starts is told", None),
    row(
        "THx-2",
        "the list has what was made, with the same keys",
        None,
    ),
    row(
        "THx-8",
        "the form of errors, in the caller's language",
        None,
    ),
];

/// Exams and courses.
const EASY_LMS: [Row; 15] = [
    row("EL-1", "a finished exam", None),
    row("EL-2", "a finished course", None),
    row("EL-3", "a finished assessment", None),
    row("EL-4", "with the participant and the result", None),
    row("EL-5", "as JSON", None),
    row("EL-6", "as a form", None),
    row("EL-7", "as XML", None),
    row("EL-8", "nothing while it is disabled", None),
    row(
        "EL-9",
        "to the API endpoint URL and no other",
        Half("the field with this label"),
    ),
    row(
        "EL-10",
        "HTTPS only, in whatever way a URL comes in",
        Half("the message in the form"),
    ),
    row("EL-11", "each time, also for the same participant", None),
    row(
        "EL-12",
        "at least the plan Corporate Owl",
        Half("which plan is needed"),
    ),
    row("EL-13", "works with Zapier", None),
    row("EL-14", "the article of help", None),
    row("EL-15", "in Italian", All("labels of pages")),
];

/// A source product and its rows.
pub(super) struct Product {
    pub(super) name: &'static str,
    pub(super) rows: &'static [Row],
}

/// All of them, in the order of the requirement.
pub(super) const PRODUCTS: [Product; 5] = [
    Product {
        name: "TouchChat: buttons",
        rows: &TOUCH_CHAT,
    },
    Product {
        name: "Wink: accounts with webhooks",
        rows: &WINK,
    },
    Product {
        name: "EventInsight: users and companies",
        rows: &EVENT_INSIGHT,
    },
    Product {
        name: "Thulium: REST hooks",
        rows: &THULIUM,
    },
    Product {
        name: "Easy LMS: exams, courses, assessments",
        rows: &EASY_LMS,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_of_the_requirement_has_one_row() {
        let expected = [("TC", 13), ("WK", 21), ("EI", 21), ("TH", 20), ("EL", 15)];
        for (product, (prefix, count)) in PRODUCTS.iter().zip(expected) {
            let ids: Vec<&str> = product.rows.iter().map(|row| row.id).collect();
            let numbered: Vec<String> = (1..=count).map(|n| format!("{prefix}-{n}")).collect();
            assert_eq!(ids[..count], numbered);
            let further = &ids[count..];
            assert!(
                further
                    .iter()
                    .all(|id| id.starts_with(&format!("{prefix}x-"))),
                "{further:?}"
            );
        }
    }
}
