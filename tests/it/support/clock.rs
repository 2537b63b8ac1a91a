//! A clock that goes only when told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytestack::clock::{Clock, TimeSource};
use chrono::{DateTime, Utc};

#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn at(instant: &str) -> Self {
        let instant: DateTime<Utc> = instant.parse().unwrap();
        Self(Arc::new(AtomicI64::new(instant.timestamp_millis())))
    }

    pub fn advance(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    pub fn clock(&self) -> Clock {
        Clock::from_source(self.clone())
    }
}

impl TimeSource for TestClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}
