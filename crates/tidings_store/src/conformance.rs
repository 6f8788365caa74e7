//! The suite that every store must pass.
//!
//! Each test is a sentence about the [`Store`] trait that fails without the rule it states. An engine
//! runs all of them with [`every_conformance_test`](crate::every_conformance_test): it gives a
//! [`Harness`] and makes one test of each name. Time comes in as arguments and nothing sleeps.
//!
//! A new test goes into one of the modules and into the list below; one that is not listed is unused
//! code, which the compiler reports.

#![expect(
    clippy::panic,
    reason = "this is code for tests, which every engine's own tests call"
)]

mod accepting;
mod api_users;
mod applications;
mod audit_log;
mod boards;
mod bytes;
mod canceling;
mod contents;
mod counting;
mod due;
mod endpoint_kinds;
mod endpoints;
mod event_types;
mod fan_out;
mod health;
mod importing;
mod inboxes;
mod integrations;
mod jobs;
mod keys;
mod lines;
mod lists_of_attempts;
mod lists_of_messages;
mod members;
mod operational;
mod owing;
mod plans;
mod polling;
mod recorder;
mod records;
mod recovery;
mod repeats;
mod resending;
mod retention;
mod sessions;
mod settling;
mod takeover;
mod testing;
mod world;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::{Handover, Store};

/// One opened store. Dropping it ends it as a crash would after everything that was asked for is on
/// disk: its journal stays open.
pub trait Instance: Send + Sync {
    /// The store.
    fn store(&self) -> Arc<dyn Store>;
    /// Says where its deliveries go.
    fn set_handover(&self, handover: Arc<dyn Handover>);
}

/// Where the suite gets its stores from. It must be used inside a Tokio runtime of several threads.
pub trait Harness: Send + Sync {
    /// Opens the data, which are empty the first time. It may be called again while an earlier instance
    /// is still open, as a second node would.
    fn open(&self) -> Pin<Box<dyn Future<Output = Box<dyn Instance>> + Send + '_>>;
}

/// Calls a macro with every test of the suite, as `module: name, name, …;` for each module.
#[macro_export]
macro_rules! every_conformance_test {
    ($callback:ident) => {
        $callback! {
            accepting:
                an_accepted_message_is_there_as_it_was_given,
                what_was_admitted_is_handed_over_and_the_rest_is_owed,
                a_message_nobody_wants_is_kept_all_the_same,
                a_message_is_handed_over_only_once_others_can_read_it,
                a_message_is_never_seen_without_what_is_owed_of_it,
                a_repeated_message_is_not_handed_over_and_gives_its_places_back,
                a_caller_who_hangs_up_does_not_stop_the_hand_over,
                nothing_is_accepted_without_an_open_journal,
                many_at_once_are_all_accepted_each_under_its_own_number;
            api_users:
                an_api_user_is_found_by_its_login_as_it_was_given,
                a_login_is_one_users_until_that_is_revoked,
                every_change_of_an_api_user_is_told,
                when_an_api_user_was_last_seen_only_moves_forward;
            applications:
                an_application_is_kept_as_it_was_given,
                a_guessed_id_or_another_environment_finds_no_application,
                an_applications_uid_is_unique_in_its_environment,
                a_patch_changes_what_it_names_and_nothing_else,
                a_deleted_application_takes_its_endpoints_along,
                a_key_makes_one_application,
                pages_of_applications_neither_skip_nor_repeat;
            audit_log:
                an_entry_is_written_with_its_change_and_says_what_was_before,
                a_change_that_is_refused_leaves_no_entry,
                an_endpoint_that_is_switched_off_is_in_the_log_once,
                entries_are_listed_by_every_condition_in_both_directions,
                old_entries_are_removed_a_part_at_a_time;
            boards:
                a_board_is_kept_as_it_was_given_and_changes,
                the_uids_of_boards_and_buttons_are_unique_in_their_application,
                a_button_is_kept_as_it_was_given_and_changes,
                a_place_on_a_board_is_one_buttons,
                a_key_makes_one_board_and_one_button,
                boards_and_buttons_are_listed_in_their_application,
                the_endpoint_of_a_button_is_in_no_list_of_endpoints,
                buttons_go_with_their_board_and_boards_with_their_application;
            bytes:
                texts_of_messages_are_kept_exactly,
                texts_of_applications_are_kept_exactly,
                texts_of_endpoints_are_kept_exactly,
                texts_of_event_types_are_kept_exactly,
                texts_of_changes_are_kept_exactly,
                texts_of_changed_event_types_are_kept_exactly,
                names_of_environments_and_keys_are_kept_exactly,
                payloads_are_kept_exactly,
                responses_are_kept_exactly,
                event_ids_that_differ_in_one_byte_differ;
            canceling:
                what_is_owed_to_a_disabled_endpoint_is_canceled_a_few_at_a_time,
                what_is_owed_to_an_endpoint_that_was_given_up_is_canceled,
                what_is_owed_to_a_deleted_endpoint_is_canceled,
                what_is_owed_to_a_deleted_application_is_canceled,
                what_is_owed_for_more_than_30_days_is_canceled_as_expired,
                a_resend_starts_the_30_days_anew,
                a_canceled_delivery_can_be_resent,
                keys_that_have_run_out_are_removed_a_part_at_a_time;
            counting:
                outcomes_are_counted_by_endpoint_and_time,
                a_failure_that_was_not_the_end_is_told_apart,
                the_newest_attempts_are_counted_for_each_of_some_endpoints,
                the_deliveries_of_messages_are_counted_by_how_they_ended;
            contents:
                what_is_to_be_sent_later_is_owed_then_and_not_before,
                a_wide_fan_out_for_later_is_expanded_then,
                a_crash_brings_back_nothing_early_that_is_to_be_sent_later,
                the_options_of_a_message_are_kept_exactly,
                an_expunged_payload_is_gone_and_what_is_owed_of_it_is_canceled,
                a_wide_fan_out_whose_payload_is_gone_is_expanded_at_once,
                a_retry_after_its_payload_is_gone_is_owed_and_canceled_by_the_next_expunging,
                nobody_elses_message_is_expunged,
                payloads_go_when_their_time_is_up_a_few_at_a_time,
                an_expunged_answer_is_gone_and_its_attempt_stays;
            due:
                what_is_due_comes_oldest_first_and_not_before_its_time,
                endpoints_that_are_owed_something_are_listed_with_the_first_due_time;
            endpoint_kinds:
                what_endpoints_applications_have_is_told_of_all_at_once;
            endpoints:
                an_endpoint_is_kept_as_it_was_given,
                endpoints_are_numbered_in_their_application_and_no_number_comes_twice,
                a_guessed_id_or_another_application_finds_no_endpoint,
                an_endpoints_uid_is_unique_in_its_application,
                a_change_made_from_another_version_is_refused,
                a_patch_of_an_endpoint_changes_what_it_names,
                a_key_makes_or_changes_one_endpoint_once,
                a_deleted_endpoint_is_only_found_by_number,
                pages_of_endpoints_neither_skip_nor_repeat;
            event_types:
                an_event_type_is_kept_as_it_was_given,
                an_archived_event_type_comes_back_with_new_values,
                an_event_type_changes_and_goes_and_every_cache_is_told,
                event_types_whose_payloads_are_checked_are_found,
                event_types_with_feature_flags_are_found,
                drift_adds_up_and_is_forgotten_when_that_is_wanted,
                event_types_are_listed_by_name_both_ways,
                names_that_the_catalogue_lacks_are_told_in_their_order,
                a_key_makes_one_event_type;
            fan_out:
                up_to_256_targets_are_owed_one_by_one_and_more_by_a_cursor,
                nothing_of_a_wide_fan_out_is_handed_over,
                every_target_of_a_wide_fan_out_reads_as_owed_all_the_time,
                a_wide_fan_out_is_expanded_256_at_a_time_each_target_once,
                a_crash_between_two_parts_loses_no_target_and_repeats_none,
                a_late_part_has_been_owed_since_the_message_came,
                a_message_for_a_thousand_endpoints_is_one_row_and_one_that_is_owed;
            health:
                the_health_of_an_endpoint_is_kept_with_its_attempts,
                an_endpoint_that_is_switched_off_stays_off_for_the_first_reason;
            importing:
                an_import_writes_only_what_is_not_just_so,
                an_import_leaves_alone_what_a_catalogue_does_not_speak_of,
                an_import_archives_what_it_does_not_have_where_that_is_wanted,
                plans_come_with_an_import_and_none_goes;
            inboxes:
                an_inbox_is_kept_as_it_was_given_and_changes,
                a_key_makes_one_inbox,
                inboxes_are_listed_in_their_environment,
                a_caught_request_is_kept_exactly,
                an_inbox_keeps_the_newest_requests_and_no_more,
                requests_go_one_by_one_or_all_at_once_or_with_their_inbox,
                requests_past_their_time_are_swept;
            integrations:
                an_integration_is_kept_as_it_was_given,
                a_key_makes_one_integration,
                pages_of_integrations_are_those_of_one_application,
                a_change_of_an_integration_is_told_and_leaves_the_rest;
            jobs:
                a_job_is_kept_as_it_was_asked_for,
                a_key_makes_one_job,
                only_so_many_jobs_of_an_application_run,
                jobs_are_listed_in_their_environment_and_filtered,
                jobs_of_one_application_are_listed_without_those_of_others,
                a_job_sees_what_became_of_each_message_at_its_endpoint,
                a_step_of_a_job_is_made_whole_or_not_at_all,
                a_job_owes_nothing_twice,
                a_canceled_job_does_not_go_on,
                jobs_that_have_ended_are_swept_once_they_are_old;
            keys:
                an_environment_is_made_once_and_found_afterwards,
                api_keys_are_kept_listed_and_found_by_number,
                a_key_is_revoked_once_and_in_its_own_environment_only,
                what_is_changed_of_a_key_is_kept_and_the_rest_stays,
                the_last_key_that_manages_keys_stays_if_that_is_asked_for,
                when_a_key_was_last_seen_only_moves_forward,
                every_change_of_the_configuration_is_told_in_order,
                at_most_a_thousand_changes_are_told_at_once;
            lines:
                those_in_line_come_in_the_order_of_their_commits,
                who_waits_in_line_is_not_due_by_itself,
                a_retry_stays_first_in_line_until_it_has_come_to_an_end,
                a_resend_leaves_the_line,
                a_line_goes_on_at_the_same_place_after_a_crash,
                a_wide_fan_out_joins_lines_at_once_and_no_target_twice,
                who_leaves_a_line_is_due_from_when_it_came,
                lines_are_listed_whatever_else_is_owed,
                who_is_first_and_given_back_stays_first;
            lists_of_attempts:
                pages_of_attempts_neither_skip_nor_repeat,
                attempts_are_filtered_by_how_they_ended,
                attempts_are_filtered_by_time_and_by_their_message,
                attempts_of_a_message_are_filtered_by_endpoint,
                a_message_comes_with_its_attempts_where_it_is_wanted,
                attempts_at_a_deleted_endpoint_are_still_listed,
                a_page_of_attempts_reads_a_bounded_number_of_rows,
                an_attempt_is_found_by_its_whole_id_in_its_application,
                the_messages_of_an_endpoint_come_once_each_by_their_latest_attempt;
            lists_of_messages:
                pages_of_messages_neither_skip_nor_repeat,
                a_new_message_does_not_disturb_a_list_that_is_being_read,
                messages_are_filtered_by_what_they_say,
                messages_are_filtered_by_time_whatever_their_order,
                a_list_without_payloads_leaves_out_just_those,
                a_page_of_messages_reads_a_bounded_number_of_rows,
                a_message_is_found_by_its_whole_id_or_its_latest_event_id,
                the_deliveries_of_a_message_are_targets_attempts_and_what_is_owed;
            operational:
                an_environment_has_one_operational_application_that_no_list_shows,
                what_is_told_of_a_change_is_written_with_it_and_kept_until_it_is_forgotten,
                what_nobody_wants_and_what_was_refused_is_not_told,
                what_is_done_to_operational_endpoints_is_told_to_nobody,
                what_is_told_of_an_outcome_is_written_with_its_attempt,
                an_endpoint_that_was_off_is_not_told_of_as_switched_off_again;
            owing:
                what_waited_in_memory_can_be_written_down,
                what_was_taken_from_a_row_is_only_given_back,
                what_is_settled_before_it_is_written_down_is_not_owed,
                what_is_settled_after_it_is_written_down_is_not_owed,
                what_is_written_down_late_does_not_hide_what_is_still_in_memory,
                a_resend_is_not_cleared_by_who_held_the_delivery_before;
            plans:
                plans_are_kept_in_their_order_and_every_cache_is_told,
                a_plan_that_an_application_has_does_not_go,
                the_plan_of_an_application_is_kept_changed_and_taken_away,
                a_theme_is_kept_for_its_environment_alone;
            members:
                a_member_is_kept_and_found_by_id_and_by_address,
                members_are_listed_in_their_environment,
                the_last_owner_who_can_sign_in_stays,
                an_invitation_is_accepted_once_and_in_time,
                a_session_is_found_by_its_token_until_it_ends,
                a_member_has_so_many_sessions_and_no_more;
            polling:
                a_polling_endpoint_is_found_and_listed_and_no_event_reaches_it,
                messages_are_read_in_order_each_once_whatever_the_size_of_a_page,
                what_is_accepted_meanwhile_comes_behind_what_was_read,
                only_what_the_polling_endpoint_wants_is_read_and_no_test,
                reading_starts_at_an_instant,
                a_consumer_keeps_its_place_and_goes_back_only_if_told_so,
                a_hundred_consumers_are_kept_and_no_more,
                consumers_go_with_their_polling_endpoint_and_its_application,
                a_page_that_reads_as_much_as_it_may_goes_on_with_the_next;
            records:
                a_record_is_kept_changed_and_gone_with_a_message_for_each,
                a_change_of_a_record_from_another_version_leaves_nothing_behind,
                a_message_that_was_sent_before_changes_no_record,
                of_many_changes_of_one_record_at_once_each_is_made_once_and_in_order,
                records_are_kept_apart_and_listed_by_id_both_ways,
                a_crash_leaves_a_record_with_its_message_or_neither,
                records_of_a_deleted_application_are_removed_a_part_at_a_time;
            recovery:
                a_crash_brings_back_exactly_what_was_in_memory_only,
                a_second_crash_brings_nothing_back_twice,
                a_journal_closed_in_good_order_is_not_taken_over,
                a_journal_closed_with_deliveries_in_hand_is_taken_over,
                an_outcome_after_the_journal_was_closed_still_counts,
                numbers_go_on_after_a_crash_under_a_new_journal,
                a_failed_resend_does_not_hide_what_was_in_memory,
                recoveries_are_counted_until_a_request_has_come_to_an_end,
                one_delivery_in_memory_is_found_behind_thousands_that_are_settled,
                whatever_is_settled_in_whatever_order_the_rest_comes_back_once;
            repeats:
                an_event_id_is_taken_for_a_day_and_free_afterwards,
                an_event_id_is_taken_in_its_application_only,
                a_key_with_the_same_body_gives_the_message_that_it_made,
                a_key_with_another_body_is_refused,
                a_key_that_has_run_out_is_free_again,
                of_many_at_once_with_one_key_one_is_accepted,
                of_many_at_once_with_one_event_id_one_is_accepted,
                a_refused_message_does_not_use_up_its_key,
                a_repeat_with_both_key_and_event_id_is_a_repeat;
            resending:
                a_resend_is_owed_now_and_its_failure_does_not_undo_a_success,
                a_resend_of_what_is_owed_makes_it_due_now,
                a_resend_stands_beside_the_delivery_that_is_in_memory,
                a_resend_goes_to_endpoints_the_message_was_not_for,
                a_canceled_attempt_does_not_count_as_a_request,
                a_repeated_resend_asks_only_once;
            retention:
                old_messages_go_with_their_attempts_and_the_others_stay,
                what_is_owed_or_in_memory_is_kept_however_old_it_is,
                a_resend_of_a_message_that_is_gone_is_refused,
                the_numbers_of_messages_that_are_gone_are_not_given_again,
                what_is_kept_for_ever_stays;
            sessions:
                a_session_is_found_by_its_number_as_it_was_given,
                an_idempotency_key_makes_one_session,
                a_link_is_used_once_and_not_after_the_end,
                a_session_is_revoked_once_and_that_is_told,
                sessions_of_an_application_end_all_or_by_their_ids,
                ended_sessions_are_removed_a_part_at_a_time;
            settling:
                a_first_success_leaves_one_attempt_and_nothing_owed,
                an_attempt_is_kept_with_everything_sent_and_received,
                a_retry_is_owed_from_its_time_on,
                what_is_taken_stays_owed_until_it_is_settled,
                a_retry_moves_the_row_that_was_taken,
                a_settlement_of_another_version_leaves_the_row_alone,
                a_place_comes_back_when_the_outcome_is_on_disk,
                whoever_listens_hears_of_every_settled_attempt,
                a_retry_whose_row_was_canceled_meanwhile_is_owed_again,
                outcomes_that_are_asked_for_are_written_in_order;
            takeover:
                after_a_takeover_the_old_node_accepts_nothing,
                an_outcome_after_a_takeover_is_kept_as_late_and_changes_nothing_else,
                late_outcomes_and_those_of_the_new_node_do_not_hide_each_other,
                a_late_outcome_does_not_decide_after_the_next_crash,
                the_old_node_does_not_write_down_what_was_taken_over,
                a_success_that_came_late_counts_once_nothing_is_owed;
            testing:
                a_test_leaves_its_attempt_and_owes_nobody_anything;
        }
    };
}

macro_rules! define_run {
    ($($module:ident: $($name:ident),+;)+) => {
        /// Runs one test.
        ///
        /// # Panics
        /// If the store breaks the rule, or if there is no such test.
        pub async fn run(name: &str, harness: &dyn Harness) {
            match name {
                $($(stringify!($name) => Box::pin($module::$name(harness)).await,)+)+
                other => panic!("there is no test {other}"),
            }
        }
    };
}

every_conformance_test!(define_run);
