//! `doctor`: every promise that the service makes about what it keeps, checked on the rows and blobs as
//! they are. Nothing is changed, and what runs meanwhile is never a finding: each comparison is made in
//! one snapshot of the rows (see [`crate::store::check`]), and files, which no snapshot holds, are judged
//! by age and by the rows as they are after the look at the file.
//!
//! One file per promise. A new one has a `CHECK` and a `look`, and gets a line in [`CHECKS`].

mod blobs;
mod bytes;
mod deliveries;
mod ends;
mod log;
mod names;
mod report;
mod results;
mod schedules;
mod secrets;
mod tasks;
mod tenants;

use std::error::Error as _;
use std::pin::Pin;

use futures_util::StreamExt;

use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::store::StoreError;
use crate::store::check::{Database, Rows, SchemaAge};
use report::Report;

pub use report::{Check, Finding, Said};

/// What is kept, opened for looking alone.
pub struct Doctor {
    database: Database,
    blobs: Blobs,
    clock: Clock,
}

type Looked<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;
type Look = for<'a> fn(&'a Doctor, &'a mut Report) -> Looked<'a>;

/// All checks, in the order in which they are made.
const CHECKS: &[(Check, Look)] = &[
    (results::CHECK, |doctor, report| Box::pin(results::look(doctor, report))),
    (ends::CHECK, |doctor, report| Box::pin(ends::look(doctor, report))),
    (tasks::CHECK, |doctor, report| Box::pin(tasks::look(doctor, report))),
    (log::CHECK, |doctor, report| Box::pin(log::look(doctor, report))),
    (deliveries::CHECK, |doctor, report| Box::pin(deliveries::look(doctor, report))),
    (bytes::CHECK, |doctor, report| Box::pin(bytes::look(doctor, report))),
    (blobs::CHECK, |doctor, report| Box::pin(blobs::look(doctor, report))),
    (names::CHECK, |doctor, report| Box::pin(names::look(doctor, report))),
    (schedules::CHECK, |doctor, report| Box::pin(schedules::look(doctor, report))),
    (tenants::CHECK, |doctor, report| Box::pin(tenants::look(doctor, report))),
    (secrets::CHECK, |doctor, report| Box::pin(secrets::look(doctor, report))),
];

const SCHEMA: Check = Check { name: "schema", promise: "the schema is this version's" };

impl Doctor {
    pub fn new(database: Database, blobs: Blobs, clock: Clock) -> Self {
        Self { database, blobs, clock }
    }

    /// Makes all checks and tells what it finds as it finds it. Answers how many findings there are.
    pub async fn examine(&self, tell: impl FnMut(Said) + Send + 'static) -> u64 {
        let mut report = Report::new(tell);
        report.begin(SCHEMA);
        let is_current = match self.look_at_schema(&mut report).await {
            Ok(is_current) => is_current,
            Err(error) => {
                unread(&mut report, &error);
                false
            }
        };
        report.end();
        // Another schema may not even have the tables that the checks read.
        for (check, look) in if is_current { CHECKS } else { &[] } {
            report.begin(*check);
            if let Err(error) = look(self, &mut report).await {
                unread(&mut report, &error);
            }
            report.end();
        }
        report.findings()
    }

    async fn look_at_schema(&self, report: &mut Report) -> Result<bool, StoreError> {
        report.looked();
        let age = self.database.schema().await?;
        let (what, advice) = match age {
            SchemaAge::Current => return Ok(true),
            SchemaAge::Empty => ("is empty", "run `bytestack migrate` or `bytestack serve`"),
            SchemaAge::Older => {
                ("has the schema of an older version", "run `bytestack migrate`, then doctor again")
            }
            SchemaAge::Newer => {
                ("was written by a newer version", "use that version's `bytestack doctor`")
            }
        };
        report.advise("the database", what, advice);
        Ok(false)
    }

    pub async fn close(self) {
        self.database.close().await;
    }
}

/// A check that could not be made is no promise kept.
fn unread(report: &mut Report, error: &StoreError) {
    let mut why = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        why = format!("{why}: {deeper}");
        cause = deeper.source();
    }
    report.found("the database", format!("could not be read to its end: {why}"));
}

/// The next row, counted as looked at.
async fn next<T>(rows: &mut Rows<'_, T>, report: &mut Report) -> Result<Option<T>, StoreError> {
    let row = rows.next().await.transpose()?;
    if row.is_some() {
        report.looked();
    }
    Ok(row)
}
