//! Rows as the database has them; never handed upwards.

pub mod api_key;
pub mod audit_entry;
pub mod bucket;
pub mod collection;
pub mod dataset;
pub mod deletion;
pub mod delivery;
pub mod delivery_attempt;
pub mod download_link;
pub mod event;
pub mod event_counter;
pub mod idempotency;
pub mod job;
pub mod label;
pub mod login_link;
pub mod master_key;
pub mod query;
pub mod result_body;
pub mod retention;
pub mod schedule;
pub mod session;
pub mod storage_object;
pub mod task;
pub mod webhook_endpoint;
pub mod webhook_secret;
pub mod workspace;
