//! The buckets of what platforms allow, kept with everything else: they outlive restarts and hold for all nodes.

use std::pin::Pin;

use chrono::{DateTime, Utc};

use crate::sources::pace::{Buckets, Rule, Taken, Taking, Wait, closed_until, taken};
use crate::store::Store;

pub struct StoredBuckets {
    pub store: Store,
}

impl Buckets for StoredBuckets {
    fn take(
        &self,
        taking: Taking,
    ) -> Pin<Box<dyn Future<Output = Result<Wait<Taken>, String>> + Send + '_>> {
        Box::pin(async move {
            let Taking { bucket, rule, now, patience } = taking;
            let change = move |full_at| {
                let (next, taken) = taken(full_at, rule, now);
                let is_soon = taken.wait < patience;
                if is_soon { (Some(next), Ok(taken)) } else { (None, Err(taken.wait)) }
            };
            let taken = self.store.change_pace(bucket, change).await;
            taken.map_err(|error| format!("what the platform still allows is not known: {error}"))
        })
    }

    fn close(
        &self,
        bucket: String,
        rule: Rule,
        until: DateTime<Utc>,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>> {
        Box::pin(async move {
            let closed = closed_until(rule, until);
            let change = move |full_at: Option<DateTime<Utc>>| {
                (Some(full_at.map_or(closed, |at| at.max(closed))), ())
            };
            self.store.change_pace(bucket, change).await.map_err(|error| error.to_string())
        })
    }
}
