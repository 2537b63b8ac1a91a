//! Sends traces to the operator's collector: in batches, at leisure, and never at the cost of the work.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::VERSION;
use crate::config::AllowPrivate;
use crate::net::{Egress, NetError, Request, Schemes};
use crate::telemetry::traces::{Span, otlp_request};

const BATCH: usize = 512;
/// How long spans are gathered.
const EVERY: Duration = Duration::from_secs(1);
const DEADLINE: Duration = Duration::from_secs(5);
const MAX_ANSWER: usize = 16 * 1024;

/// The collector is where the operator says, also on a private network: nobody else names it.
pub(super) fn way_to(endpoint: &str) -> Result<Egress, NetError> {
    let url: Option<reqwest::Url> = endpoint.parse().ok();
    let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
    let allowed = host.map(|(host, port)| {
        let host = host.trim_matches(['[', ']']).to_owned();
        AllowPrivate::Host { host, port }
    });
    Egress::new(allowed.as_slice())
}

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
