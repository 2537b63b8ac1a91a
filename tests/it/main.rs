//! Behaviour through the public faces: real HTTP, real sockets, a real database, one binary.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failed assumption ends a test, and a skipped one says so"
)]

mod api_keys;
mod audit_log;
mod bad_input;
mod blobs;
mod browser;
mod buckets;
mod cli;
mod cli_ask;
mod cli_demo;
mod conformance;
mod connections;
mod crash;
mod crash_matrix;
mod crowd;
mod datasets;
mod datasets_parquet;
mod deletion;
mod disk_full;
mod doctor;
mod fuzz;
mod graphql_http;
mod idempotency;
mod incremental;
mod intents;
mod layout;
mod limits;
mod lists;
mod model_labels;
mod model_prose;
mod model_reader;
mod nodes;
mod observer;
mod openapi;
mod operations;
mod output_schemas;
mod pins;
mod playground;
mod probes;
mod queries;
mod query_changes;
mod queue;
mod rate_limit;
mod readings;
mod readme;
mod relay;
mod replay;
mod retention;
mod schedules;
mod schema;
mod scrape_logs;
mod secrets;
mod sessions;
mod soak;
mod sources_backends;
mod sources_collected;
mod sources_guard;
mod sources_hackernews;
mod sources_pace;
mod sources_platforms;
mod sources_rss;
mod sources_together;
mod sources_web;
mod spine;
mod statements;
mod storage;
mod subscriptions;
mod support;
mod sweep;
mod tenants;
mod transports;
mod trimmed_logs;
mod trusted_documents;
mod webhook_endpoints;
mod webhooks;
mod ws_protocol;
