//! Behaviour through the public faces: real HTTP, real sockets, a real database, one binary.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failed assumption ends a test, and a skipped one says so"
)]

mod layout;
mod schema;
mod spine;
mod support;
mod ws_protocol;
