//! Objects in a bucket of any store that speaks S3, and how such a store is spoken to: [`S3Target`] makes
//! the client, [`NewObject`] brings bytes in, [`S3Fault`] says in plain words what did not work.

mod client;
mod connector;
mod fault;
mod read;
mod store;
mod upload;

pub use client::{Patience, S3Target};
pub use fault::{Cause, S3Fault};
pub use store::S3;
pub use upload::NewObject;
