//! Files that nothing points at. A blob is written before its row, so a young one says nothing; rows are
//! asked for after the file was seen, so that one which got its row meanwhile is no finding. That rows
//! have their blobs is part of `bytes`.

use super::{Check, Doctor, Report};
use crate::domain::sweep::{OldFiles, YOUNG};
use crate::store::StoreError;

pub const CHECK: Check = Check {
    name: "blobs",
    promise: "no blob older than an hour is without its row, no unfinished file older than that",
};

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let mut files = OldFiles::list(&doctor.blobs, doctor.clock.now() - YOUNG);
    loop {
        let old = files.next().await;
        if old.is_empty() {
            break;
        }
        let (unfinished, blobs): (Vec<_>, Vec<_>) =
            old.into_iter().partition(|file| file.is_unfinished);
        for file in unfinished {
            let advice = "it can be deleted, and a worker of `serve` does so";
            report.advise(&file.name, "was never finished", advice);
        }
        let names: Vec<String> = blobs.into_iter().map(|file| file.name).collect();
        let pointed_at = doctor.database.snapshot().await?.pointed_at(&names).await?;
        for name in names.iter().filter(|name| !pointed_at.contains(*name)) {
            report.advise(name, "is a blob that no row points at", "it can be deleted");
        }
    }
    report.looked_many(files.seen);
    if let Err(error) = files.end().await {
        report.found("the blobs", format!("cannot be listed: {error}"));
    }
    Ok(())
}
