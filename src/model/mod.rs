//! Plain structs, typed ids, state machines and rules without I/O; one file per noun.

pub mod api_key;
pub mod audit_entry;
pub mod bucket;
pub mod dataset;
pub mod deletion;
pub mod delivery;
pub mod document;
pub mod document_line;
pub mod download_link;
pub mod event;
pub mod id;
pub mod job;
pub mod page;
pub mod query;
pub mod reading;
pub mod result;
pub mod retention;
pub mod schedule;
pub mod sentiment;
pub mod session;
pub mod source;
pub mod storage_object;
pub mod task;
pub mod webhook_endpoint;
pub mod window;
pub mod workspace;
