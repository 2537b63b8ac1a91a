//! Secrets at rest: without them webhooks cannot be signed.

use super::{Check, Doctor, Report, next};
use crate::store::StoreError;

pub const CHECK: Check = Check {
    name: "secrets",
    promise: "the master key opens the secrets of every workspace and every webhook endpoint",
};

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
            report.advise(&secret.owner, what, advice);
        }
    }
    Ok(())
}
