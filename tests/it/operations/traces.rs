//! A job's way as a collector gets it: one trace from the request to the webhook, read with the
//! published definitions of the protocol.

use std::collections::{BTreeMap, BTreeSet};

use bytestack::app::WorkOptions;
use bytestack::deliveries::{Backoff, WebhookOptions};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::json;
use std::time::Duration;

use crate::support::receiver::{Receiver, Reply};
use crate::support::{TestApp, TestOptions, question, with};

/// All spans of what the collector was sent.
fn spans(collector: &mut Receiver) -> Vec<Span> {
    let mut spans = Vec::new();
    for sent in collector.rest() {
        assert_eq!(sent.path, "/v1/traces");
        assert_eq!(sent.header("content-type"), "application/x-protobuf");
        let request = ExportTraceServiceRequest::decode(sent.body).unwrap();
        for resource_spans in request.resource_spans {
            let resource = resource_spans.resource.unwrap();
            assert_eq!(resource.attributes[0].key, "service.name");
            let of_scopes = resource_spans.scope_spans.into_iter();
            spans.extend(of_scopes.flat_map(|scope| scope.spans));
        }
    }
    spans
}

#[tokio::test(flavor = "multi_thread")]
async fn one_query_is_followed_from_its_request_to_its_webhook() {
    let mut collector = Receiver::answering(&[]).await;
    let mut receiver = Receiver::answering(&[Reply::Status(500)]).await;
    let webhooks = WebhookOptions {
        gate: crate::webhooks::patient_gate(),
        timeout: Duration::from_secs(5),
        backoff: Backoff::new(vec![Duration::from_millis(5)]),
    };
    let work = WorkOptions { webhooks, ..WorkOptions::default() };
    let mut options = TestOptions { work, ..TestOptions::reaching(&receiver) };
    options.settings.insert("OTLP_ENDPOINT", format!("http://{}", collector.address));
    let app = TestApp::with_posts(options).await;
    let asked = app.ask(with(question(), json!({ "webhookUrl": receiver.url("/") }))).await;
    for _ in 0..2 {
        receiver.next().await;
    }
    app.running().idle().await.unwrap();
    app.stop().await;

    let spans = spans(&mut collector);
    let job = asked["job"]["id"].as_str().unwrap();
    let ulid: ulid::Ulid = job.strip_prefix("job_").unwrap().to_uppercase().parse().unwrap();
    assert!(spans.iter().all(|span| span.trace_id == ulid.to_bytes()), "one trace, the job's");
    let mut names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    names.sort_unstable();
    let expected = [
        "commit",
        "delivery attempt",
        "delivery attempt",
        "finish",
        "queue wait",
        "request",
        "run",
        "source",
    ];
    assert_eq!(names, expected);
    let ids: BTreeSet<&[u8]> = spans.iter().map(|span| span.span_id.as_slice()).collect();
    assert_eq!(ids.len(), spans.len(), "each span has an id of its own");
    let by_name: BTreeMap<&str, &Span> =
        spans.iter().map(|span| (span.name.as_str(), span)).collect();
    assert!(by_name["request"].parent_span_id.is_empty());
    for (child, parent) in [
        ("commit", "request"),
        ("queue wait", "request"),
        ("run", "request"),
        ("source", "run"),
        ("finish", "run"),
        ("delivery attempt", "request"),
    ] {
        assert_eq!(by_name[child].parent_span_id, by_name[parent].span_id, "{child}");
    }
    let failed =
        spans.iter().filter(|span| span.status.as_ref().is_some_and(|status| status.code == 2));
    let failed: Vec<&str> = failed.map(|span| span.name.as_str()).collect();
    assert_eq!(failed, ["delivery attempt"], "the receiver refused it once");
    for span in &spans {
        assert!(span.end_time_unix_nano >= span.start_time_unix_nano && span.kind == 1);
        let attribute = |name: &str| span.attributes.iter().any(|one| one.key == name);
        assert!(attribute("bytestack.job"), "{span:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_never_answers_delays_no_job_and_no_stop() {
    let collector = Receiver::answering(&[Reply::Hang, Reply::Hang, Reply::Hang]).await;
    let settings = [("OTLP_ENDPOINT", format!("http://{}", collector.address))].into();
    let app = TestApp::with_posts(TestOptions { settings, ..TestOptions::default() }).await;
    app.answer(question()).await;
    let stopping = tokio::time::timeout(Duration::from_secs(15), app.stop());
    stopping.await.expect("the stop does not wait for it");
}
