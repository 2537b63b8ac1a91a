//! Programs ("actors") that Apify runs.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::{Ended, Running, Taking};
use crate::sources::http::{self, ErrorClass, UpstreamError};

pub const BASE_URL: &str = "https://api.apify.com/v2";
/// How long its server holds a question for the end of a run.
const HELD: Duration = Duration::from_secs(20);
/// Rows of one answer.
const ROWS: usize = 1_000;

#[derive(Deserialize)]
struct Answer {
    data: Run,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    id: String,
    status: String,
    default_dataset_id: String,
    status_message: Option<String>,
}

/// Starts an actor, waits for it and hands on what it found.
pub async fn run(
    running: &Running<'_>,
    input: &Value,
    taking: &mut Taking<'_>,
) -> Result<(), Ended> {
    let run = wait(running, input, taking.most).await?;
    read(running, &run.default_dataset_id, taking).await?;
    if run.status == "SUCCEEDED" {
        return Ok(());
    }
    let said = run.status_message.unwrap_or_default();
    let message = format!("the run {} ended as {}: {said}", run.id, run.status);
    Err(UpstreamError::new(ErrorClass::Upstream, message).into())
}

/// A run that has ended. One that takes too long is stopped, as it is paid for by its time.
async fn wait(running: &Running<'_>, input: &Value, most: usize) -> Result<Run, UpstreamError> {
    let session = running.session;
    let (most, budget) = (most.to_string(), running.budget.to_string());
    let limits = [("maxItems", most.as_str()), ("maxTotalChargeUsd", budget.as_str())];
    let start = running.ask(&format!("/acts/{}/runs", running.program), &limits)?;
    let start = start.post("application/json", input.to_string().into_bytes()).only_once();
    let mut run = session.get(&start, http::json::<Answer>).await?.data;
    while matches!(run.status.as_str(), "READY" | "RUNNING" | "TIMING-OUT" | "ABORTING") {
        // To look, to stop it, and to read what it found.
        if !session.has_time_for(2) || !session.has_requests_for(3) {
            let stop = running.ask(&format!("/actor-runs/{}/abort", run.id), &[])?;
            let stop = stop.post("application/json", Vec::new());
            return Ok(session.get(&stop, http::json::<Answer>).await?.data);
        }
        let held = HELD.as_secs().to_string();
        let path = format!("/actor-runs/{}", run.id);
        let ask = running.ask(&path, &[("waitForFinish", held.as_str())])?;
        run = session.get(&ask, http::json::<Answer>).await?.data;
        session.rest().await?;
    }
    Ok(run)
}

async fn read(running: &Running<'_>, dataset: &str, taking: &mut Taking<'_>) -> Result<(), Ended> {
    let mut offset = 0;
    loop {
        let (limit, from) = (ROWS.to_string(), offset.to_string());
        let parameters = [
            ("clean", "true"),
            ("format", "json"),
            ("limit", limit.as_str()),
            ("offset", from.as_str()),
        ];
        let ask = running.ask(&format!("/datasets/{dataset}/items"), &parameters)?;
        let count = |rows: &Vec<Value>| Some(rows.len() as u64);
        let rows = running.session.get_counted(&ask, http::json, count).await?;
        let wants_more = taking.add(&rows)?;
        offset += rows.len();
        // What was asked for is what it was to find at most.
        if offset >= taking.most {
            taking.cut_at_most();
        }
        if rows.len() < ROWS || offset >= taking.most || !wants_more {
            return Ok(());
        }
    }
}
