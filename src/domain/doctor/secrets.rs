//! Secrets at rest: without them webhooks cannot be signed.

use super::{Check, Doctor, Report, next};
use crate::store::StoreError;
use crate::store::check::SEALED;

pub const CHECK: Check =
    Check { name: "secrets", promise: "the master key opens everything that is sealed" };

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let key = match doctor.database.master_key() {
        Ok(key) => key,
        Err(why) => {
            report.found("the master key", format!("is not there: {why}"));
            return Ok(());
        }
    };
    let snapshot = doctor.database.snapshot().await?;
    for column in SEALED {
        let mut values = snapshot.sealed(column, key).await?;
        while let Some(value) = next(&mut values, report).await? {
            if !value.opens {
                let advice = "give the key it was sealed with in BYTESTACK_MASTER_KEY";
                let what = format!("has {} that the master key does not open", column.what);
                report.advise(&value.id, what, advice);
            }
        }
    }
    Ok(())
}
