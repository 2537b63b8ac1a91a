//! What tests are made of: a service in this process, its clients, and a clock that stands still.

mod app;
pub mod black_hole;
mod clock;
pub mod cluster;
pub mod collecting;
pub mod database;
pub mod hacker_news;
pub mod hostile;
pub mod model;
pub mod platforms;
mod posts;
pub mod process;
pub mod receiver;
pub mod rows;
pub mod s3;
mod samples;
pub mod schema;
pub mod sse;
pub mod upstream;
pub mod ws;

pub use app::{Answer, NOWHERE, TestApp, TestOptions, http_client, plain_client};
pub use clock::TestClock;
pub use posts::{HACKER_NEWS, Row, test_data};
pub use samples::{noise, noise_of, noisy_question, question, with, without_worker};
