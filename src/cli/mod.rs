//! The commands that do more than call one use case, with what they print and draw. Standard output
//! carries the answer alone; progress, remarks and failures go to standard error.

mod answer;
pub mod ask;
pub mod demo;
pub mod doctor;
pub mod out;
mod progress;
pub mod replay;
mod stop;

pub use stop::StopSignals;

/// Why a command ended early, for people.
pub type Failure = Box<dyn std::error::Error>;
