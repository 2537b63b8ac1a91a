//! Sends traces to the operator's collector: in batches, at leisure, and never at the cost of the work.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::VERSION;
use crate::net::{Egress, Request, Schemes};
use crate::telemetry::traces::{Span, otlp_request};

const BATCH: usize = 512;
/// How long spans are gathered.
const EVERY: Duration = Duration::from_secs(1);
const DEADLINE: Duration = Duration::from_secs(5);
const MAX_ANSWER: usize = 16 * 1024;

/// Sends what comes until `stop`, then what is left.
pub(super) async fn send(
    endpoint: String,
    egress: Egress,
    mut spans: mpsc::Receiver<Span>,
    stop: CancellationToken,
) {
    let url = format!("{endpoint}/v1/traces");
    let mut batch = Vec::with_capacity(BATCH);
    let mut is_last = false;
    while !is_last {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => {
                // Running jobs may still end; their spans are sent as far as they come in time.
                tokio::time::sleep(EVERY).await;
                is_last = true;
            }
        }
        while let Ok(span) = spans.try_recv() {
            batch.push(span);
            if batch.len() == BATCH {
                export(&egress, &url, &mut batch).await;
            }
        }
        export(&egress, &url, &mut batch).await;
    }
}

/// Sends a batch once: what the collector does not take is lost.
async fn export(egress: &Egress, url: &str, batch: &mut Vec<Span>) {
    if batch.is_empty() {
        return;
    }
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
    let request = Request {
        method: Method::POST,
        url: url.to_owned(),
        headers,
        body: otlp_request(batch, VERSION),
        schemes: Schemes::Https,
        redirects: 0,
        deadline: DEADLINE,
        max_body: MAX_ANSWER,
    };
    batch.clear();
    match egress.send(request).await {
        Ok(answer) if (200..300).contains(&answer.status) => {}
        Ok(answer) => tracing::warn!(status = answer.status, "traces were not taken"),
        Err(error) => tracing::warn!(%error, "traces were not sent"),
    }
}
