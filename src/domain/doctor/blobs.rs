//! Files that nothing points at. A blob is written before its row, so a young one says nothing; rows are
//! asked for after the file was seen, so that one which got its row meanwhile is no finding. That rows
//! have their blobs is part of `bytes`.

use chrono::TimeDelta;

use super::{Check, Doctor, Report};
use crate::blobs::StoredFile;
use crate::store::StoreError;

pub const CHECK: Check = Check {
    name: "blobs",
    promise: "no blob older than an hour is without its row, no unfinished file older than that",
};
/// How many files are asked for at once.
const BATCH: usize = 500;
const YOUNG: TimeDelta = TimeDelta::hours(1);

pub async fn look(doctor: &Doctor, report: &mut Report) -> Result<(), StoreError> {
    let mut batch = Vec::with_capacity(BATCH);
    let (sender, mut files) = tokio::sync::mpsc::channel(BATCH);
    let blobs = doctor.blobs.clone();
    // Folders are read by a thread of their own, as fast as the rows are asked for.
    let listing = tokio::task::spawn_blocking(move || {
        blobs.files(&mut |file| sender.blocking_send(file).is_ok())
    });
    let oldest = doctor.clock.now() - YOUNG;
    while let Some(file) = files.recv().await {
        report.looked();
        if file.changed_at > oldest {
            continue;
        }
        if file.is_unfinished {
            let advice = "it can be deleted, and the next `serve` does so";
            report.advise(&file.name, "was never finished", advice);
            continue;
        }
        batch.push(file);
        if batch.len() == BATCH {
            judge(doctor, &mut batch, report).await?;
        }
    }
    judge(doctor, &mut batch, report).await?;
    if let Ok(Err(error)) = listing.await {
        report.found("the blobs", format!("cannot be listed: {error}"));
    }
    Ok(())
}

async fn judge(
    doctor: &Doctor,
    batch: &mut Vec<StoredFile>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let names: Vec<String> = batch.drain(..).map(|file| file.name).collect();
    let pointed_at = doctor.audit.snapshot().await?.pointed_at(&names).await?;
    for name in names.iter().filter(|name| !pointed_at.contains(*name)) {
        report.advise(name, "is a blob that no row points at", "it can be deleted");
    }
    Ok(())
}
