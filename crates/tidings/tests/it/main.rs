//! The program as its users meet it: over HTTP, by its commands, with endpoints of all kinds.
//!
//! Every test starts a server of its own on a free port with fresh data, so all of them may run at the
//! same time. What they share is in `support`; the tools are in `tidings_testkit`.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed unwrap is a failed test"
)]

mod access;
mod accounts;
mod addressing;
mod api_document;
mod api_keys;
mod api_rate_limit;
mod application_filters;
mod audit;
mod bad_fields;
mod bad_requests;
mod batches;
mod both_stores;
mod buttons;
mod catalogs;
mod co_signatures;
mod contents;
mod copy;
mod couplings;
mod crash;
mod credentials;
mod dashboard_catalogue;
mod dashboard_keys;
mod dashboard_members;
mod dashboard_pages;
mod dashboard_sign_in;
mod dashboard_sign_on;
mod data_folder;
mod database;
mod demo;
mod destinations;
mod doctor;
mod documents;
mod endpoint_stats;
mod endpoints;
mod environment;
mod examples;
mod faults;
mod feature_flags;
mod fifo;
mod filtered_lists;
mod filters;
mod formats;
mod full_disk;
mod idempotency;
mod import;
mod inbox_pages;
mod inboxes;
mod integrations;
mod isolation;
mod jobs;
mod keys;
mod limits;
mod lists;
mod main_path;
mod members;
mod mutual_tls;
mod nodes;
mod oauth;
mod open_api;
mod operational;
mod overload;
mod plans;
mod polling;
mod portal;
mod portal_access;
mod portal_frames;
mod product_events;
mod rates;
mod records;
mod resending;
mod rest_hooks;
mod retention;
mod retries;
mod retry_policies;
mod schemas;
mod schemathesis;
mod sdk;
mod secrets;
mod shutdown;
mod staff;
mod statistics;
mod storage;
mod support;
mod tail;
mod themes;
mod wishes;
