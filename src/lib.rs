//! ByteStack answers plain-language questions over social and web sources with exact, explained
//! numbers, and hands every answer on as a stored JSON result.
//!
//! How a question becomes an answer, and which module does it:
//!
//! 1. [`http`] takes the request and checks the key; [`graphql`] translates it.
//! 2. [`domain`] checks the question, [`analysis::reading`] reads it, with [`llm`] where the operator has
//!    a model, and [`store`] commits query, job and task in one transaction. [`scheduler`] does the same for queries that run on a schedule.
//! 3. [`queue`] claims the task under a lease; [`runner`] resolves the window, collects from
//!    [`sources`], measures with [`analysis::measure`] and assembles the result.
//! 4. [`domain`] ends the job in one transaction: state, result, storage object and event. Large bytes
//!    are in [`blobs`].
//! 5. [`events`] follows the log for subscribers; downloads read what was stored, byte for byte.
//!
//! [`model`] has the words, [`app`] puts the parts together, [`cli`] has the commands that do more than
//! one thing, [`config`] reads the settings, [`clock`] alone knows the time, [`metrics`] counts what
//! happens, and [`failpoint`] lets tests crash it where it hurts.

// The futures of GraphQL's fields lie within one another: an optimised build looks into more than 128 of them at once.
#![recursion_limit = "256"]

pub mod analysis;
pub mod app;
pub mod blobs;
pub mod cli;
pub mod clock;
pub mod config;
pub mod deliveries;
pub mod domain;
pub mod error;
pub mod events;
pub mod failpoint;
pub mod graphql;
pub mod http;
pub mod llm;
pub mod metrics;
pub mod model;
pub mod net;
pub mod queue;
pub mod runner;
pub mod scheduler;
pub mod sources;
pub mod store;
pub mod telemetry;
