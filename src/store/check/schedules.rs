//! Schedules as they are kept, and the runs that they made.

use futures_util::StreamExt;
use sea_orm::FromQueryResult;

use super::{Rows, Snapshot};
use crate::model::schedule::QuerySchedule;
use crate::store::StoreError;
use crate::store::convert::millis;
use crate::store::entity::schedule;
use crate::store::schedule::model;

/// A schedule, or why its row cannot be read, beside what only the row knows.
#[derive(Clone, Debug)]
pub struct KeptSchedule {
    pub query_id: String,
    pub workspace_id: String,
    pub query_workspace_id: String,
    pub schedule: Result<QuerySchedule, String>,
    /// What the schedulers look at is what the schedule says.
    pub is_due_right: bool,
}

/// A run that a schedule made since it was last changed.
#[derive(Clone, Debug)]
pub struct ScheduledRun {
    pub job_id: String,
    pub scheduled_for: Option<i64>,
    pub schedule: Result<QuerySchedule, String>,
}

#[derive(FromQueryResult)]
struct Kept {
    #[sea_orm(nested)]
    schedule: schedule::Model,
    query_workspace_id: String,
}

#[derive(FromQueryResult)]
struct Made {
    #[sea_orm(nested)]
    schedule: schedule::Model,
    job_id: String,
    scheduled_for: Option<i64>,
}

impl Snapshot {
    /// # Errors
    /// When the database does not answer.
    pub async fn schedules(&self) -> Result<Rows<'_, KeptSchedule>, StoreError> {
        let sql = "SELECT schedule.*, query.workspace_id AS query_workspace_id \
                   FROM schedule JOIN query ON query.id = schedule.query_id";
        let rows = self.rows::<Kept>(sql).await?;
        Ok(Box::pin(rows.map(|row| {
            row.map(|Kept { schedule, query_workspace_id }| {
                let read = model(&schedule).map_err(|error| error.to_string());
                let due = read.as_ref().ok().and_then(QuerySchedule::due_at).map(millis);
                KeptSchedule {
                    is_due_right: read.is_err() || due == schedule.due_at,
                    query_id: schedule.query_id,
                    workspace_id: schedule.workspace_id,
                    query_workspace_id,
                    schedule: read,
                }
            })
        })))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn scheduled_runs(&self) -> Result<Rows<'_, ScheduledRun>, StoreError> {
        let sql = "SELECT schedule.*, job.id AS job_id, job.scheduled_for AS scheduled_for \
                   FROM schedule JOIN job ON job.query_id = schedule.query_id \
                   WHERE job.\"trigger\" = 'scheduled' AND job.created_at > schedule.updated_at";
        let rows = self.rows::<Made>(sql).await?;
        Ok(Box::pin(rows.map(|row| {
            row.map(|Made { schedule, job_id, scheduled_for }| ScheduledRun {
                job_id,
                scheduled_for,
                schedule: model(&schedule).map_err(|error| error.to_string()),
            })
        })))
    }
}
