//! What keeps blobs keeps one contract: one suite over a folder, a store by other hands, and every kind of
//! store that the strict double knows.

mod kept;
mod refused;
mod service;
mod stores;
