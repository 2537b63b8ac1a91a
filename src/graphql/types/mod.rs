//! Object types, one file per noun, each a thin face of the model.

pub mod api_key;
pub mod audit_entry;
pub mod bucket;
pub mod dataset;
pub mod delivery;
pub mod download_link;
pub mod event;
pub mod job;
pub mod job_completed;
pub mod node;
pub mod pin;
pub mod query;
pub mod query_preview;
pub mod rate_limit;
pub mod retention;
pub mod schedule;
pub mod scrape_log;
pub mod source;
pub mod storage_object;
pub mod webhook_endpoint;
pub mod workspace;
