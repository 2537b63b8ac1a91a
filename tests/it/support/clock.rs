//! A clock that goes only when told to.

use std::pin::Pin;

use bytestack::clock::{Clock, TimeSource};
use chrono::{DateTime, Utc};
use tokio::sync::watch;

#[derive(Clone)]
pub struct TestClock {
    now: watch::Sender<i64>,
    can_be_wrong: bool,
}

impl TestClock {
    pub fn at(instant: &str) -> Self {
        let instant: DateTime<Utc> = instant.parse().unwrap();
        Self { now: watch::Sender::new(instant.timestamp_millis()), can_be_wrong: false }
    }

    /// A machine's clock, which may be wrong, and is ahead of this one's by so much.
    pub fn wrong_by(milliseconds: i64) -> Self {
        let clock = Self {
            now: watch::Sender::new(Clock::system().now().timestamp_millis()),
            can_be_wrong: true,
        };
        clock.advance(milliseconds);
        clock
    }

    pub fn advance(&self, milliseconds: i64) {
        self.now.send_modify(|now| *now += milliseconds);
    }

    pub fn clock(&self) -> Clock {
        Clock::from_source(self.clone())
    }
}

impl TimeSource for TestClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(*self.now.borrow()).unwrap()
    }

    fn can_be_wrong(&self) -> bool {
        self.can_be_wrong
    }

    fn reaches(&self, instant: DateTime<Utc>) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut now = self.now.subscribe();
        Box::pin(async move {
            let late = |now: &i64| *now >= instant.timestamp_millis();
            now.wait_for(late).await.unwrap();
        })
    }
}
