//! What is asked, and what the posts say: pure functions of their arguments.
//!
//! Nothing here reads a clock, a file or the network, so the same question over the same posts
//! gives the same answer for ever.

pub mod measure;
pub mod output;
pub mod prose;
pub mod reading;
pub mod sentiment;
