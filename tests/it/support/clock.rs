//! A clock that goes only when told to.

use std::pin::Pin;

use bytestack::clock::{Clock, TimeSource};
use chrono::{DateTime, Utc};
use tokio::sync::watch;

#[derive(Clone)]
pub struct TestClock(watch::Sender<i64>);

impl TestClock {
    pub fn at(instant: &str) -> Self {
        let instant: DateTime<Utc> = instant.parse().unwrap();
        Self(watch::Sender::new(instant.timestamp_millis()))
    }

    pub fn advance(&self, milliseconds: i64) {
        self.0.send_modify(|now| *now += milliseconds);
    }

    pub fn clock(&self) -> Clock {
        Clock::from_source(self.clone())
    }
}

impl TimeSource for TestClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(*self.0.borrow()).unwrap()
    }

    fn reaches(&self, instant: DateTime<Utc>) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut now = self.0.subscribe();
        Box::pin(async move {
            let late = |now: &i64| *now >= instant.timestamp_millis();
            now.wait_for(late).await.unwrap();
        })
    }
}
