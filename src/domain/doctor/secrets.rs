//! Secrets at rest: without its signing secret a workspace's webhooks cannot be signed.

use super::{Check, Doctor, Report, next};
use crate::store::StoreError;

pub const CHECK: Check =
    Check { name: "secrets", promise: "the master key opens every workspace's signing secret" };

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let key = match doctor.database.master_key() {
        Ok(key) => key,
        Err(why) => {
            report.found("the master key", format!("is not there: {why}"));
            return Ok(());
        }
    };
    let snapshot = doctor.database.snapshot().await?;
    let mut secrets = snapshot.signing_secrets(key).await?;
    while let Some(secret) = next(&mut secrets, report).await? {
        if !secret.opens {
            let advice = "give the key it was sealed with in BYTESTACK_MASTER_KEY";
            let what = "has a signing secret that the master key does not open";
            report.advise(&secret.workspace_id, what, advice);
        }
    }
    Ok(())
}
