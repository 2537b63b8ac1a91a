//! The steps of the tour, each told in a line with what happened and how long it took.

use std::time::Instant;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::client::Client;
use super::posts::{self, Samples};
use crate::cli::answer::{self, grouped};
use crate::cli::progress::Spinner;
use crate::cli::{Failure, out};
use crate::model::result::ResultDocument;

const DATASET: &str = "posts";
const PROMPT: &str = "How many times was Acme mentioned in the last 7 days?";
/// Examples of the playground, which are also taken where all others are refused.
const ASK: &str = include_str!("../../../playground/operations/1-ask.graphql");
const FOLLOW: &str = include_str!("../../../playground/operations/2-follow.graphql");
/// Posts shown of those behind the figure.
const SHOWN: usize = 5;

/// One step under way.
pub struct Step {
    name: &'static str,
    began: Instant,
    spinner: Spinner,
}

impl Step {
    pub fn begin(name: &'static str, doing: &str) -> Self {
        Self { name, began: Instant::now(), spinner: Spinner::start(doing) }
    }

    /// Tells what happened.
    pub fn done(self, what: &str) -> Result<(), Failure> {
        let took = self.began.elapsed().as_secs_f64() * 1_000.0;
        drop(self.spinner);
        Ok(out::line(&format!("{:9} {took:>6.1} ms  {what}", self.name))?)
    }
}

/// Uploads, asks, hears of the end and downloads; answers the result's key.
pub async fn take(client: &Client, now: DateTime<Utc>) -> Result<String, Failure> {
    let samples = posts::samples(now);
    upload(client, &samples).await?;
    let cursor = ask(client).await?;
    let key = follow(client, &cursor).await?;
    let document = download(client, &key).await?;
    out::line("")?;
    for line in answer::lines(&document, SHOWN) {
        out::line(&line)?;
    }
    check(&document, &samples)?;
    Ok(key)
}

async fn upload(client: &Client, samples: &Samples) -> Result<(), Failure> {
    let step = Step::begin("upload", "uploading the sample posts");
    let uploaded = client.upload(DATASET, samples.ndjson.clone()).await?;
    let (rows, source) = (grouped(samples.rows), text(&uploaded, "source")?);
    step.done(&format!("{rows} sample posts as {source}: PUT /v1/datasets/{DATASET}"))
}

/// Asks; answers the log's cursor from before the job.
async fn ask(client: &Client) -> Result<String, Failure> {
    let step = Step::begin("ask", "asking");
    let input = json!({ "prompt": PROMPT, "sources": [format!("dataset:{DATASET}")] });
    let mut answered = client.graphql(ASK, json!({ "input": input })).await?;
    let created = answered["createQuery"].take();
    let job = created["job"]["id"].as_str();
    let job = job.ok_or_else(|| format!("the question was not taken: {created}"))?;
    step.done(&format!("\"{PROMPT}\" became {job}: createQuery on POST /graphql"))?;
    Ok(text(&created, "cursor")?.to_owned())
}

/// Waits for the event of the end, as a subscriber; answers the result's key.
async fn follow(client: &Client, cursor: &str) -> Result<String, Failure> {
    let step = Step::begin("event", "waiting for the event");
    let arrived = client.first_event(FOLLOW, json!({ "after": cursor })).await?;
    step.done("jobCompleted(after) on the websocket of /graphql, as it arrived:")?;
    out::line(&indented(&arrived)?)?;
    let event = &arrived["payload"]["data"]["jobCompleted"];
    Ok(text(event, "storageKey")?.to_owned())
}

async fn download(client: &Client, key: &str) -> Result<ResultDocument, Failure> {
    let step = Step::begin("download", "downloading the result");
    let bytes = client.download(key).await?;
    let size = grouped(bytes.len() as u64);
    step.done(&format!("{size} bytes of JSON: GET /v1/storage/{key}"))?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// The samples were written with so many mentions: anything else found is a fault.
fn check(document: &ResultDocument, samples: &Samples) -> Result<(), Failure> {
    let found = (document.result.total_mentions, document.result.unique_users);
    if found != (samples.mentions, samples.people) {
        let Samples { mentions, people, .. } = samples;
        let message = format!(
            "the samples were written with {mentions} mentions by {people} people; this is a fault of bytestack"
        );
        return Err(message.into());
    }
    out::line("\nThe samples were written with exactly these figures.")?;
    Ok(())
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, Failure> {
    value[name].as_str().ok_or_else(|| format!("there is no `{name}` in {value}").into())
}

fn indented(value: &Value) -> Result<String, Failure> {
    let pretty = serde_json::to_string_pretty(value)?;
    Ok(pretty.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n"))
}
