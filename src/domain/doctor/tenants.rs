//! Tenants: rows that belong together are of one workspace, so that a finder which takes the workspace
//! shows all of them or none.

use super::{Check, Doctor, Report};
use crate::store::StoreError;
use crate::store::check::LINKS;
use futures_util::StreamExt;

pub const CHECK: Check =
    Check { name: "tenants", promise: "rows that belong together are of one workspace" };

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let snapshot = doctor.database.snapshot().await?;
    for link in LINKS {
        report.looked_many(snapshot.linked(*link).await?);
        let mut straddlers = snapshot.straddlers(*link).await?;
        while let Some(row) = straddlers.next().await.transpose()? {
            let what = format!(
                "({}) is of {}, but its {} {} is of {}",
                link.of, row.workspace_id, link.to, row.other_id, row.other_workspace_id
            );
            report.found(&row.id, what);
        }
    }
    Ok(())
}
