//! Who may use what: a row for every root field and every route.

use std::collections::BTreeSet;

use bytestack::model::api_key::Scope;

/// Each root field with an operation that reaches for things of a workspace by their ids, and the
/// scope it needs.
pub const FIELDS: &[(&str, Scope, &str)] = &[
    ("Query.node", Scope::Read, "query ($job: ID!) { node(id: $job) { id } }"),
    ("Query.nodes", Scope::Read, "query ($all: [ID!]!) { nodes(ids: $all) { id } }"),
    ("Query.workspace", Scope::Read, "{ workspace { id name } }"),
    ("Query.query", Scope::Read, "query ($query: ID!) { query(id: $query) { id } }"),
    ("Query.queries", Scope::Read, "{ queries(first: 9) { totalCount nodes { id } } }"),
    ("Query.job", Scope::Read, "query ($job: ID!) { job(id: $job) { id } }"),
    ("Query.jobs", Scope::Read, "{ jobs(first: 9) { totalCount nodes { id } } }"),
    (
        "Query.jobs",
        Scope::Read,
        "query ($query: ID!) { jobs(first: 9, filter: {queryId: $query}) { totalCount nodes { id } } }",
    ),
    (
        "Query.storageObject",
        Scope::Read,
        "query ($key: String!) { storageObject(key: $key) { id } }",
    ),
    (
        "Query.storageObject",
        Scope::Read,
        "query ($job: String!) { storageObject(key: $job) { id } }",
    ),
    (
        "Query.storageObject",
        Scope::Read,
        "query ($query: String!) { storageObject(key: $query) { id } }",
    ),
    (
        "Query.storageObjects",
        Scope::Read,
        "{ storageObjects(first: 9) { totalCount nodes { key } } }",
    ),
    (
        "Query.storageObjects",
        Scope::Read,
        "query ($query: ID!) { storageObjects(first: 9, filter: {queryId: $query}) {
            totalCount nodes { key } } }",
    ),
    (
        "Query.downloadLinks",
        Scope::Read,
        "{ downloadLinks(first: 9) { totalCount nodes { id storageKey storageObject { id } } } }",
    ),
    (
        "Query.downloadLinks",
        Scope::Read,
        "query ($key: String!) { downloadLinks(first: 9, filter: {storageKey: $key}) {
            totalCount nodes { id } } }",
    ),
    (
        "Mutation.createDownloadLink",
        Scope::Write,
        "mutation ($key: String!) { createDownloadLink(input: {storageKey: $key}) {
            downloadLink { storageKey storageObject { id } } userErrors { code } } }",
    ),
    (
        "Mutation.revokeDownloadLink",
        Scope::Write,
        "mutation ($link: ID!) { revokeDownloadLink(input: {downloadLinkId: $link}) {
            downloadLink { id } userErrors { code } } }",
    ),
    ("Query.pins", Scope::Read, "{ pins(first: 9) { totalCount nodes { id query { id } } } }"),
    (
        "Mutation.pinChart",
        Scope::Write,
        "mutation ($query: ID!) { pinChart(input: {queryId: $query, chart: SOURCES}) {
            pin { query { id } } userErrors { code } } }",
    ),
    (
        // Taken off for every caller: the next one finds the query alone.
        "Mutation.unpinChart",
        Scope::Write,
        "mutation ($pin: ID!, $query: ID!) { unpinChart(input: {pinId: $pin}) {
            pin { id } userErrors { code } } pinChart(input: {queryId: $query, chart: TREND}) {
            pin { query { id } } userErrors { code } } }",
    ),
    ("Query.events", Scope::Read, "{ events(first: 9) { nodes { id payload } } }"),
    (
        "Query.events",
        Scope::Read,
        "query ($cursor: String!) { events(first: 9, after: $cursor) { nodes { id } } }",
    ),
    (
        "Query.deliveries",
        Scope::Read,
        "{ deliveries(first: 9) { totalCount nodes { id target event { id } } } }",
    ),
    (
        "Query.deliveries",
        Scope::Read,
        "query ($job: ID!) { deliveries(first: 9, filter: {jobId: $job}) { totalCount nodes { id } } }",
    ),
    ("Query.sources", Scope::Read, "{ sources { name state } }"),
    ("Query.bucketPresets", Scope::Read, "{ bucketPresets { name endpoint } }"),
    (
        "Mutation.createQuery",
        Scope::Write,
        "mutation ($source: String!) { createQuery(input: {prompt: \"How many times was Acme \
         mentioned?\", sources: [$source], run: false}) { query { sources } userErrors { code } } }",
    ),
    (
        "Mutation.runQuery",
        Scope::Write,
        "mutation ($query: ID!) { runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.retryJob",
        Scope::Write,
        "mutation ($job: ID!) { retryJob(input: {jobId: $job}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.cancelJob",
        Scope::Write,
        "mutation ($job: ID!) { cancelJob(input: {jobId: $job}) { job { id } userErrors { code } } }",
    ),
    (
        "Mutation.updateQuery",
        Scope::Write,
        "mutation ($query: ID!) { updateQuery(input: {queryId: $query, name: \"changed\"}) {
            query { id } userErrors { code } } }",
    ),
    (
        "Mutation.scheduleQuery",
        Scope::Write,
        "mutation ($query: ID!) { scheduleQuery(input: {queryId: $query, schedule: {interval: DAILY}}) {
            query { id } userErrors { code } } }",
    ),
    (
        "Mutation.pauseQuery",
        Scope::Write,
        "mutation ($query: ID!) { pauseQuery(input: {queryId: $query}) {
            query { id } userErrors { code } } }",
    ),
    (
        "Mutation.resumeQuery",
        Scope::Write,
        "mutation ($query: ID!) { resumeQuery(input: {queryId: $query}) {
            query { id } userErrors { code } } }",
    ),
    (
        "Mutation.unscheduleQuery",
        Scope::Write,
        "mutation ($query: ID!) { scheduleQuery(input: {queryId: $query, schedule: {interval: DAILY}}) {
            userErrors { code } } unscheduleQuery(input: {queryId: $query}) {
            query { id } userErrors { code } } }",
    ),
    (
        "Mutation.backfillQuery",
        Scope::Write,
        "mutation ($query: ID!) { scheduleQuery(input: {queryId: $query, schedule: {interval: DAILY}}) {
            query { id } userErrors { code } } backfillQuery(input: {queryId: $query,
            from: \"2026-01-01T00:00:00Z\", to: \"2026-01-02T00:00:00Z\"}) { runs userErrors { code } } }",
    ),
    (
        "Query.rateLimit",
        Scope::Read,
        "query ($job: ID!) { rateLimit { limit remaining resetAt cost } job(id: $job) { id } }",
    ),
    (
        "Query.apiKeys",
        Scope::Admin,
        "query ($job: ID!) { apiKeys(first: 1) { nodes { name } } job(id: $job) { id } }",
    ),
    (
        "Mutation.createApiKey",
        Scope::Admin,
        "mutation ($query: ID!) { createApiKey(input: {name: \"new\", scope: READ}) {
            apiKey { name } userErrors { code } } runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.revokeApiKey",
        Scope::Admin,
        "mutation ($apiKey: ID!) { revokeApiKey(input: {apiKeyId: $apiKey}) {
            apiKey { id } userErrors { code } } }",
    ),
    (
        "Query.auditLog",
        Scope::Admin,
        "query ($job: ID!) { auditLog(first: 9, filter: {objectId: $job}) { totalCount nodes {
            objectId } } job(id: $job) { id } }",
    ),
    (
        "Query.auditLog",
        Scope::Admin,
        "query ($apiKey: ID!, $job: ID!) { auditLog(first: 9, filter: {apiKeyId: $apiKey}) {
            nodes { apiKey { id } } } job(id: $job) { id } }",
    ),
    (
        "Query.datasets",
        Scope::Read,
        "query ($job: ID!) { datasets(first: 1) { nodes { documents } } job(id: $job) { id } }",
    ),
    (
        "Mutation.updateWorkspace",
        Scope::Admin,
        "mutation ($query: ID!) { updateWorkspace(input: {timezone: \"UTC\"}) {
            workspace { timezone } userErrors { code } } runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.setRetentionPolicy",
        Scope::Admin,
        "mutation ($query: ID!) { setRetentionPolicy(input: {resultDays: 9000}) {
            retention { resultDays } userErrors { code } } runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.connectBucket",
        Scope::Admin,
        "mutation ($query: ID!) { connectBucket(input: {endpoint: \"https://s3.example.com/x\",
            name: \"acme\", accessKeyId: \"key\", secretAccessKey: \"secret\"}) {
            bucket { name } userErrors { code } } runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.resumeBucket",
        Scope::Admin,
        "mutation ($query: ID!) { resumeBucket(input: {name: \"acme\"}) {
            bucket { name } userErrors { code } } runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.backfillBucket",
        Scope::Admin,
        "mutation ($query: ID!) { backfillBucket(input: {name: \"acme\"}) {
            queued userErrors { code } } runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.disconnectBucket",
        Scope::Admin,
        "mutation ($query: ID!) { disconnectBucket(input: {name: \"acme\"}) {
            disconnected userErrors { code } } runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.deleteDataset",
        Scope::Write,
        "mutation ($spare: String!, $query: ID!) { deleteDataset(input: {name: $spare}) {
            dataset { id } userErrors { code } } runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Query.previewQuery",
        Scope::Read,
        "query ($query: ID!) { query(id: $query) { id }
            previewQuery(input: {prompt: \"How many times was acme mentioned?\"}) { problems } }",
    ),
    (
        "Query.previewSchedule",
        Scope::Read,
        "query ($query: ID!) { query(id: $query) { id }
            previewSchedule(schedule: {interval: DAILY}, count: 2) }",
    ),
    (
        "Subscription.jobCompleted",
        Scope::Read,
        "subscription ($cursor: String!) { jobCompleted(after: $cursor) { id } }",
    ),
    (
        "Subscription.jobProgress",
        Scope::Read,
        "subscription ($job: ID!) { jobProgress(jobId: $job) { id } }",
    ),
    (
        "Subscription.openJobs",
        Scope::Read,
        "subscription { openJobs { id query { id } } }",
    ),
    (
        "Query.webhookEndpoints",
        Scope::Admin,
        "{ webhookEndpoints(first: 9) { totalCount nodes { id secretLast4 } } }",
    ),
    (
        "Mutation.createWebhookEndpoint",
        Scope::Admin,
        "mutation ($query: ID!) { createWebhookEndpoint(input: {url: \"https://example.com/new\", \
         events: [\"endpoint.disabled\"], idempotencyKey: \"k\"}) { webhookEndpoint { url } \
         userErrors { code } } runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.updateWebhookEndpoint",
        Scope::Admin,
        "mutation ($endpoint: ID!) { updateWebhookEndpoint(input: {webhookEndpointId: $endpoint, \
         ordered: true}) { webhookEndpoint { id } userErrors { code } } }",
    ),
    (
        "Mutation.rotateWebhookSecret",
        Scope::Admin,
        "mutation ($endpoint: ID!) { rotateWebhookSecret(input: {webhookEndpointId: $endpoint}) {
            webhookEndpoint { id } userErrors { code } } }",
    ),
    (
        "Mutation.rotateSigningSecret",
        Scope::Admin,
        "mutation ($query: ID!) { rotateSigningSecret(input: {overlapHours: 1}) {
            userErrors { code } } runQuery(input: {queryId: $query}) {
            job { query { id } } userErrors { code } } }",
    ),
    (
        "Mutation.testWebhookEndpoint",
        Scope::Admin,
        "mutation ($endpoint: ID!) { testWebhookEndpoint(input: {webhookEndpointId: $endpoint}) {
            delivery { webhookEndpoint { id } } userErrors { code } } }",
    ),
    (
        "Mutation.redeliver",
        Scope::Admin,
        "mutation ($delivery: ID!) { redeliver(input: {deliveryId: $delivery}) {
            delivery { id } userErrors { code } } }",
    ),
    (
        "Mutation.recoverDeliveries",
        Scope::Admin,
        "mutation ($endpoint: ID!) { recoverDeliveries(input: {webhookEndpointId: $endpoint, \
         since: \"2026-01-01T00:00:00Z\"}) { recovered userErrors { code } } \
         updateWebhookEndpoint(input: {webhookEndpointId: $endpoint}) { webhookEndpoint { id } } }",
    ),
    (
        "Mutation.deleteWebhookEndpoint",
        Scope::Admin,
        "mutation ($endpoint: ID!) { deleteWebhookEndpoint(input: {webhookEndpointId: $endpoint}) {
            webhookEndpoint { id } userErrors { code } } }",
    ),
    // Last, as the others want it.
    // Last, as the others want it: first what is counted, then what is deleted.
    (
        "Mutation.deleteStorageObjects",
        Scope::Write,
        "mutation ($query: ID!, $source: String!) { deleteStorageObjects(input: {filter: {queryId: $query},
            dryRun: true}) { matchedCount userErrors { code } } createQuery(input: {prompt: \"How many times \
            was Acme mentioned?\", sources: [$source], run: false}) { query { sources } userErrors { code } } }",
    ),
    (
        "Mutation.deleteStorageObjects",
        Scope::Write,
        "mutation ($key: String!, $source: String!) { deleteStorageObjects(input: {keys: [$key]}) {
            matchedCount storageObjectIds userErrors { code } } createQuery(input: {prompt: \"How many times \
            was Acme mentioned?\", sources: [$source], run: false}) { query { sources } userErrors { code } } }",
    ),
    (
        "Mutation.deleteQuery",
        Scope::Write,
        "mutation ($query: ID!, $source: String!) { deleteQuery(input: {queryId: $query}) {
            query { id } userErrors { code path } } createQuery(input: {prompt: \"How many times was \
            Acme mentioned?\", sources: [$source], run: false}) { query { sources } userErrors { code } } }",
    ),
];

/// Routes that anybody may call, and the one that has its own test above.
pub const OPEN: &[&str] = &[
    "/",
    "/assets/{file}",
    "/graphiql",
    "/graphiql/",
    "/graphql",
    "/healthz",
    // Whoever has the token may, once; and what a session is asked of or given for is its own affair.
    "/login/{token}",
    "/metrics",
    "/readyz",
    // Whoever has a link needs no key.
    "/v1/download/{token}",
    "/v1/openapi.json",
    "/v1/session",
];

/// Each route with a request for things of a workspace, and the scope it needs.
pub const ROUTES: &[(&str, &str, &str, Scope)] = &[
    ("POST", "/v1/queries", "/v1/queries", Scope::Write),
    ("GET", "/v1/queries/{id}", "/v1/queries/{query}", Scope::Read),
    ("GET", "/v1/events", "/v1/events?after={cursor}", Scope::Read),
    ("GET", "/v1/storage", "/v1/storage?query_id={query}", Scope::Read),
    ("GET", "/v1/storage/export", "/v1/storage/export?after={key}", Scope::Read),
    ("GET", "/v1/storage/{key}", "/v1/storage/{query}", Scope::Read),
    ("GET", "/v1/storage/{key}", "/v1/storage/{job}", Scope::Read),
    ("HEAD", "/v1/storage/{key}", "/v1/storage/{key}", Scope::Read),
    ("DELETE", "/v1/storage/{key}", "/v1/storage/{key}", Scope::Write),
    ("GET", "/v1/datasets", "/v1/datasets", Scope::Read),
    ("GET", "/v1/datasets/{name}", "/v1/datasets/{name}", Scope::Read),
    ("PUT", "/v1/datasets/{name}", "/v1/datasets/{name}", Scope::Write),
    ("DELETE", "/v1/datasets/{name}", "/v1/datasets/{name}", Scope::Write),
    ("POST", "/v1/webhooks", "/v1/webhooks", Scope::Admin),
    ("GET", "/v1/webhooks", "/v1/webhooks", Scope::Admin),
    ("DELETE", "/v1/webhooks/{id}", "/v1/webhooks/{key}", Scope::Admin),
    ("GET", "/v1/webhooks/public-key", "/v1/webhooks/public-key", Scope::Read),
];

/// The paths that the router has.
pub fn routes() -> BTreeSet<&'static str> {
    let router = include_str!("../../../src/http/mod.rs");
    router.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}
