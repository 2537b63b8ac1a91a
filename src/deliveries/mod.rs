//! Events on their way to receivers. A delivery is a row and a task, committed with the event it
//! carries; each attempt ends in one commit as well: its own row, the delivery's state, and the task
//! gone or due again. A process that dies in between makes the attempt again under the same event id
//! with the same bytes: receivers get everything at least once.

mod backoff;
mod bucket;
mod gate;
mod signature;
mod webhook;

pub use backoff::Backoff;
pub use bucket::{BucketOptions, Buckets};
pub use gate::GateOptions;
pub use webhook::{WebhookOptions, Webhooks};
