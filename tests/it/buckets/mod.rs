//! A workspace's own bucket: connected after a test that says what is wrong, and written to.

mod connect;
mod faults;
mod hosts;
mod kills;
mod others;
mod sync;

use bytestack::clock::Clock;
use serde_json::{Value, json};

use crate::support::s3::{BUCKET, KEY_ID, REGION, S3Double, SECRET};
use crate::support::{TestApp, TestClock, TestOptions, with};

const CONNECT: &str = "mutation ($input: ConnectBucketInput!) { connectBucket(input: $input) {
    bucket { endpoint name region prefix pathStyle accessKeyIdLast4 state failingSince connectedAt
        lastTest { at ok steps { name ok code message } } }
    test { at ok steps { name ok code message } } userErrors { code path message } } }";

/// A service at the machine's time, which requests to a store are signed with, that may reach this machine.
fn reaching_this_machine() -> TestOptions {
    let mut options = TestOptions {
        clock: TestClock::at(&Clock::system().now().to_rfc3339()),
        ..TestOptions::default()
    };
    options.settings.insert("ALLOW_PRIVATE", "127.0.0.0/8".to_owned());
    options
}

/// What is filled in to connect the double's bucket.
fn filled_in(store: &S3Double) -> Value {
    json!({
        "endpoint": store.endpoint(), "name": BUCKET, "region": REGION,
        "accessKeyId": KEY_ID, "secretAccessKey": SECRET,
    })
}

async fn connect(app: &TestApp, input: Value) -> Value {
    app.graphql(CONNECT, json!({ "input": input })).await["connectBucket"].clone()
}

/// The bucket as the workspace shows it.
async fn shown(app: &TestApp) -> Value {
    let query = "{ workspace { bucket { name prefix state accessKeyIdLast4
        lastTest { ok steps { name ok code } } } } }";
    app.graphql(query, json!({})).await["workspace"]["bucket"].clone()
}

/// Connects with something else filled in.
async fn connect_with(app: &TestApp, store: &S3Double, other: Value) -> Value {
    connect(app, with(filled_in(store), other)).await
}
