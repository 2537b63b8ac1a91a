//! A request: understood, checked as its kind of store checks, let fail where a test wants it, and done.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, State as Shared};
use axum::http::{HeaderMap, Method, Request, Uri};
use bytestack::clock::Clock;
use chrono::{DateTime, Utc};
use reqwest::Url;

use super::answer::{Answer, Refusal};
use super::connection::Line;
use super::objects::{Object, Upload};
use super::{BUCKET, Failure, HOST, Profile, Seen, perform, signature};

const LARGEST_BODY: usize = 64 * 1024 * 1024;

pub struct State {
    pub profile: Profile,
    pub objects: BTreeMap<String, Object>,
    /// By their ids.
    pub uploads: BTreeMap<String, Upload>,
    pub seen: Vec<Seen>,
    pub hosts: BTreeSet<String>,
    pub next_failures: VecDeque<Failure>,
    pub failures: HashMap<&'static str, Failure>,
    pub page: usize,
    pub now: Option<DateTime<Utc>>,
    pub ids: u32,
    /// Requests that were let fail by the kind of store, and succeed the next time.
    failed_once: HashSet<String>,
    dice: u32,
}

impl State {
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            objects: BTreeMap::new(),
            uploads: BTreeMap::new(),
            seen: Vec::new(),
            hosts: BTreeSet::new(),
            next_failures: VecDeque::new(),
            failures: HashMap::new(),
            page: 1_000,
            now: None,
            ids: 0,
            failed_once: HashSet::new(),
            dice: 1,
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.now.unwrap_or_else(|| Clock::system().now())
    }

    /// How this request is to fail, if it is.
    fn failure(&mut self, asked: &Asked) -> Option<Failure> {
        let next = self.next_failures.pop_front();
        let always = || self.failures.get(asked.operation).or_else(|| self.failures.get("*"));
        next.or_else(|| always().copied()).or_else(|| self.own_failure(asked))
    }

    fn own_failure(&mut self, asked: &Asked) -> Option<Failure> {
        let failure = match self.profile {
            Profile::Throttle => Failure::SlowDown,
            Profile::LostResponse if asked.writes() => Failure::DoneAndHangUp,
            _ => return None,
        };
        if self.failed_once.remove(&asked.uri) {
            return None;
        }
        // A third, always the same ones in the same order.
        self.dice = self.dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let is_due = (self.dice >> 16).is_multiple_of(3);
        is_due.then(|| self.failed_once.insert(asked.uri.clone()));
        is_due.then_some(failure)
    }
}

/// What is asked for.
#[derive(Debug)]
pub struct Asked {
    pub operation: &'static str,
    pub bucket: String,
    pub key: String,
    pub query: BTreeMap<String, String>,
    pub headers: HeaderMap,
    pub body: Bytes,
    uri: String,
}

impl Asked {
    fn parse(method: &Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Option<Self> {
        let query = pairs(uri.query().unwrap_or_default());
        let path = uri.path().strip_prefix('/')?;
        let host = headers.get("host").map_or("", |host| host.to_str().unwrap());
        let name = host.split_once(':').map_or(host, |(name, _)| name);
        let in_host = name.strip_suffix(HOST).and_then(|rest| rest.strip_suffix('.'));
        let in_path = || path.split_once('/').unwrap_or((path, ""));
        let (bucket, key) = in_host.map_or_else(in_path, |bucket| (bucket, path));
        let has = |name: &str| query.contains_key(name);
        let operation = match (method.as_str(), key.is_empty()) {
            ("HEAD", true) => "HeadBucket",
            ("GET", true) if has("uploads") => "ListMultipartUploads",
            ("GET", true) if has("list-type") => "ListObjectsV2",
            ("HEAD", false) => "HeadObject",
            ("GET", false) => "GetObject",
            ("PUT", false) if has("uploadId") => "UploadPart",
            ("PUT", false) => "PutObject",
            ("POST", false) if has("uploads") => "CreateMultipartUpload",
            ("POST", false) if has("uploadId") => "CompleteMultipartUpload",
            ("DELETE", false) if has("uploadId") => "AbortMultipartUpload",
            ("DELETE", false) => "DeleteObject",
            _ => return None,
        };
        let (bucket, key) = (bucket.to_owned(), decoded(key));
        let uri = format!("{method} {uri}");
        Some(Self { operation, bucket, key, query, headers, body, uri })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn parameter(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    fn writes(&self) -> bool {
        !(self.operation.starts_with("Get")
            || self.operation.starts_with("Head")
            || self.operation.starts_with("List"))
    }
}

pub async fn answer(
    ConnectInfo(line): ConnectInfo<Line>,
    Shared(state): Shared<Arc<Mutex<State>>>,
    request: Request<Body>,
) -> Answer {
    let is_head = request.method() == Method::HEAD;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    let failure = match handle(&state, &parts.method, &parts.uri, parts.headers, body) {
        Ok(Handled::Answer(answer)) => return answer,
        Ok(Handled::Failure(failure)) => failure,
        Err(refusal) => return refusal.answer(is_head),
    };
    match failure {
        Failure::Hang => std::future::pending().await,
        _ => line.hang_up(),
    }
    super::answer::empty(200)
}

enum Handled {
    Answer(Answer),
    /// Nothing is answered.
    Failure(Failure),
}

fn handle(
    state: &Mutex<State>,
    method: &Method,
    uri: &Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Handled, Refusal> {
    let mut state = state.lock().unwrap();
    let unknown =
        || Refusal::new(501, "NotImplemented", format!("{method} {uri} is not known here"));
    let asked = Asked::parse(method, uri, headers, body).ok_or_else(unknown)?;
    let (operation, key, len) = (asked.operation, asked.key.clone(), asked.body.len());
    state.seen.push(Seen { operation, key, len });
    state.hosts.insert(asked.header("host").unwrap_or_default().to_owned());
    let failure = state.failure(&asked);
    match failure {
        None | Some(Failure::DoneAndHangUp) => {}
        Some(silent @ (Failure::Hang | Failure::HangUp)) => return Ok(Handled::Failure(silent)),
        Some(failure) => return Err(refusal(failure)),
    }
    check_headers(state.profile, &asked)?;
    signature::check(state.profile, method, uri, &asked.headers, &asked.body)?;
    if asked.bucket != BUCKET {
        return Err(refusal(Failure::NoSuchBucket));
    }
    if state.profile == Profile::WriteOnly && !may_write(asked.operation) {
        return Err(Refusal::denied());
    }
    let answer = perform::perform(&mut state, &asked)?;
    match failure {
        Some(failure) => Ok(Handled::Failure(failure)),
        None => Ok(Handled::Answer(answer)),
    }
}

/// What `s3:PutObject` alone allows.
fn may_write(operation: &str) -> bool {
    let all = ["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"];
    all.contains(&operation)
}

fn refusal(failure: Failure) -> Refusal {
    let no_bucket = "The specified bucket does not exist";
    match failure {
        Failure::WrongRegion(region) => {
            let message = "The bucket you are attempting to access must be addressed using the \
                           specified endpoint.";
            let refusal = Refusal::new(301, "PermanentRedirect", message);
            Refusal { region: Some(region), ..refusal }
        }
        Failure::ClockSkew => Refusal::new(403, "RequestTimeTooSkewed", "The clocks differ."),
        Failure::NoSuchBucket => Refusal::new(404, "NoSuchBucket", no_bucket),
        Failure::SignatureDoesNotMatch => {
            Refusal::new(403, "SignatureDoesNotMatch", "The signatures differ.")
        }
        Failure::InvalidAccessKeyId => {
            Refusal::new(403, "InvalidAccessKeyId", "The key id is not known.")
        }
        Failure::SlowDown => Refusal::new(503, "SlowDown", "Please reduce your request rate."),
        Failure::Status(status, code) => Refusal::new(status, code, "As told."),
        Failure::AccessDenied | Failure::DoneAndHangUp | Failure::HangUp | Failure::Hang => {
            Refusal::denied()
        }
    }
}

/// What the kinds of stores do not take.
fn check_headers(profile: Profile, asked: &Asked) -> Result<(), Refusal> {
    let is_chunked = asked
        .header("content-encoding")
        .is_some_and(|text| text.contains("aws-chunked"))
        || asked.header("x-amz-content-sha256").is_some_and(|text| text.starts_with("STREAMING-"))
        || asked.headers.contains_key("x-amz-trailer");
    if is_chunked {
        let message = "A header you provided implies functionality that is not implemented";
        return Err(Refusal::new(501, "NotImplemented", message));
    }
    let is_known = |name: &str| match profile {
        Profile::B2 => {
            const KNOWN: [&str; 4] =
                ["x-amz-date", "x-amz-content-sha256", "x-amz-user-agent", "x-amz-security-token"];
            !name.starts_with("x-amz-") || name.starts_with("x-amz-meta-") || KNOWN.contains(&name)
        }
        Profile::R2 | Profile::Minio2023 => {
            !name.starts_with("x-amz-checksum-") && !name.starts_with("x-amz-sdk-checksum-")
        }
        _ => true,
    };
    match asked.headers.keys().find(|name| !is_known(name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let message = format!("Unsupported header '{name}' received for this API call.");
            Err(Refusal::new(400, "InvalidArgument", message))
        }
    }
}

fn pairs(query: &str) -> BTreeMap<String, String> {
    let url: Url = format!("http://store/?{query}").parse().unwrap();
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// A key as it was before it became part of a path.
fn decoded(key: &str) -> String {
    let as_value = key.replace('+', "%2B").replace('&', "%26");
    pairs(&format!("key={as_value}")).remove("key").unwrap()
}
