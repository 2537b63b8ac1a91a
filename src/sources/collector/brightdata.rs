//! Programs ("datasets") that Bright Data runs.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Ended, Running, Taking};
use crate::net::Response;
use crate::sources::http::{self, ErrorClass, UpstreamError};

pub const BASE_URL: &str = "https://api.brightdata.com";
/// Rows of one answer.
const ROWS: usize = 1_000;
/// What a row costs at most, in millionths of a dollar: 1,000 are sold for 1.50, or for less with a plan. From
/// memory: its price list was not at hand.
const PRICE: u128 = 1_500;

#[derive(Deserialize)]
struct Started {
    snapshot_id: String,
}

#[derive(Deserialize)]
struct Progress {
    status: String,
    error_message: Option<String>,
}

/// Starts a collection, waits for it and hands on what it found.
pub async fn run(
    running: &Running<'_>,
    input: &Value,
    taking: &mut Taking<'_>,
) -> Result<(), Ended> {
    let rows = affordable(running, taking.most)?;
    let snapshot = start(running, input, rows).await?;
    wait(running, &snapshot).await?;
    let read = read(running, &snapshot, taking).await?;
    if read >= rows {
        taking.cut_at_most();
        if rows < taking.most {
            let dollars = running.budget;
            taking.tally.cut =
                Some(format!("the budget of {dollars} USD was reached; others are missing"));
        }
    }
    Ok(())
}

/// It is told no budget, so how many rows it may find is counted beforehand.
fn affordable(running: &Running<'_>, most: usize) -> Result<usize, UpstreamError> {
    let budget = Duration::try_from_secs_f64(running.budget.max(0.0)).unwrap_or(Duration::MAX);
    let rows = usize::try_from(budget.as_micros() / PRICE).unwrap_or(most).min(most);
    if rows > 0 {
        return Ok(rows);
    }
    let message = format!("the budget of {} USD does not pay for one post", running.budget);
    Err(UpstreamError::new(ErrorClass::Rejected, message))
}

async fn start(running: &Running<'_>, input: &Value, rows: usize) -> Result<String, UpstreamError> {
    let rows = rows.to_string();
    let parameters = [
        ("dataset_id", running.program),
        ("include_errors", "true"),
        ("type", "discover_new"),
        ("discover_by", "keyword"),
        ("limit_per_input", rows.as_str()),
    ];
    let start = running.ask("/datasets/v3/trigger", &parameters)?;
    let body = json!([input]).to_string().into_bytes();
    let start = start.post("application/json", body).only_once();
    Ok(running.session.get(&start, http::json::<Started>).await?.snapshot_id)
}

/// Waits for the end. What takes too long is cancelled: its rows are paid for.
async fn wait(running: &Running<'_>, snapshot: &str) -> Result<(), UpstreamError> {
    let (session, path) = (running.session, format!("/datasets/v3/progress/{snapshot}"));
    loop {
        let progress = session.get(&running.ask(&path, &[])?, http::json::<Progress>).await?;
        match progress.status.as_str() {
            "ready" => return Ok(()),
            "starting" | "running" | "building" => {}
            status => {
                let said = progress.error_message.unwrap_or_default();
                let message = format!("the snapshot {snapshot} ended as {status}: {said}");
                return Err(UpstreamError::new(ErrorClass::Upstream, message));
            }
        }
        if !session.has_time_for(2) || !session.has_requests_for(3) {
            let stop = running.ask(&format!("/datasets/v3/snapshot/{snapshot}/cancel"), &[])?;
            session.get(&stop.post("application/json", Vec::new()), |_| Ok(())).await?;
            let message = format!("the snapshot {snapshot} took too long and was cancelled");
            return Err(UpstreamError::new(ErrorClass::OutOfTime, message));
        }
        rest(running).await?;
    }
}

/// Hands on the rows of a snapshot, part by part; answers how many there were.
async fn read(
    running: &Running<'_>,
    snapshot: &str,
    taking: &mut Taking<'_>,
) -> Result<usize, Ended> {
    let path = format!("/datasets/v3/snapshot/{snapshot}");
    let (mut read, mut part) = (0, 1);
    loop {
        let (size, number) = (ROWS.to_string(), part.to_string());
        let parameters =
            [("format", "json"), ("batch_size", size.as_str()), ("part", number.as_str())];
        let ask = running.ask(&path, &parameters)?;
        let count = |rows: &Option<Vec<Value>>| rows.as_ref().map(|rows| rows.len() as u64);
        let rows = match running.session.get_counted(&ask, rows, count).await {
            Ok(Some(rows)) => rows,
            // It says that it is ready a little before it is.
            Ok(None) => {
                rest(running).await?;
                continue;
            }
            // The part before was the last, and full.
            Err(error) if part > 1 && error.class == ErrorClass::NotFound => return Ok(read),
            Err(error) => return Err(error.into()),
        };
        read += rows.len();
        if !taking.add(&rows)? || rows.len() < ROWS {
            return Ok(read);
        }
        part += 1;
    }
}

/// The rows of a part; `None` when they are not there yet.
fn rows(response: &Response) -> Result<Option<Vec<Value>>, UpstreamError> {
    if response.status == 202 { Ok(None) } else { http::json(response).map(Some) }
}

/// The pause before it is asked how far it is.
async fn rest(running: &Running<'_>) -> Result<(), UpstreamError> {
    running.session.pause(running.setup.http.between_pages() * 5).await
}
