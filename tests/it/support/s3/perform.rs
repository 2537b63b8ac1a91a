//! What is done to the objects.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::body::{Body, Bytes};
use axum::http::Response;
use chrono::{DateTime, SecondsFormat, Utc};

use super::answer::{Answer, Refusal, empty, escape, half, with_etag, xml};
use super::objects::{Object, Upload, etag};
use super::operation::{Asked, State};
use super::{BUCKET, Profile};

/// Shortest part that is not the last.
const SHORTEST_PART: usize = 5 * 1024 * 1024;

pub fn perform(state: &mut State, asked: &Asked) -> Result<Answer, Refusal> {
    match asked.operation {
        "HeadBucket" => Ok(empty(200)),
        "PutObject" => put(state, asked),
        "GetObject" => get(state, asked),
        "HeadObject" => {
            let object = state.objects.get(&asked.key).ok_or_else(no_such_key)?;
            let head = described(object).header("content-length", object.bytes.len());
            Ok(head.body(Body::empty()).unwrap())
        }
        "DeleteObject" => {
            state.objects.remove(&asked.key);
            Ok(empty(204))
        }
        "CreateMultipartUpload" => Ok(create(state, asked)),
        "UploadPart" => upload_part(state, asked),
        "CompleteMultipartUpload" => complete(state, asked),
        "AbortMultipartUpload" => {
            let id = asked.parameter("uploadId");
            state.uploads.remove(id).map(|_| empty(204)).ok_or_else(no_such_upload)
        }
        "ListObjectsV2" => Ok(list_objects(state, asked)),
        "ListMultipartUploads" => Ok(list_uploads(state, asked)),
        other => Err(Refusal::new(501, "NotImplemented", other)),
    }
}

fn put(state: &mut State, asked: &Asked) -> Result<Answer, Refusal> {
    check_condition(state, asked)?;
    let object = Object::new(&asked.key, &asked.headers, asked.body.clone(), state.now());
    let answer = with_etag(&object.etag);
    state.objects.insert(asked.key.clone(), object);
    Ok(answer)
}

/// `If-None-Match: *`, as each kind of store takes it.
fn check_condition(state: &State, asked: &Asked) -> Result<(), Refusal> {
    let Some(condition) = asked.header("if-none-match") else { return Ok(()) };
    if state.profile == Profile::NoConditional || condition != "*" {
        let message = "A header you provided implies functionality that is not implemented";
        return Err(Refusal::new(501, "NotImplemented", message));
    }
    let status = if state.profile == Profile::Minio2023 { 304 } else { 412 };
    let message = "At least one of the pre-conditions you specified did not hold";
    if state.objects.contains_key(&asked.key) {
        return Err(Refusal::new(status, "PreconditionFailed", message));
    }
    Ok(())
}

fn get(state: &State, asked: &Asked) -> Result<Answer, Refusal> {
    let object = state.objects.get(&asked.key).ok_or_else(no_such_key)?;
    let size = object.bytes.len();
    let mut head = described(object);
    let mut bytes = object.bytes.clone();
    if let Some(range) = asked.header("range") {
        let not_there =
            || Refusal::new(416, "InvalidRange", "The requested range is not satisfiable");
        let (first, last) = parse_range(range).ok_or_else(not_there)?;
        if first >= size || last < first {
            return Err(not_there());
        }
        let last = last.min(size - 1);
        bytes = bytes.slice(first..=last);
        let said = format!("bytes {first}-{last}/{size}");
        head = head.status(206).header("content-range", said);
    }
    let head = head.header("content-length", bytes.len());
    let is_half = state.profile == Profile::HalfBody;
    Ok(head.body(if is_half { half(&bytes) } else { Body::from(bytes) }).unwrap())
}

fn described(object: &Object) -> axum::http::response::Builder {
    let changed_at = object.changed_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut head = Response::builder()
        .header("etag", &object.etag)
        .header("last-modified", changed_at)
        .header("content-type", &object.content_type)
        .header("accept-ranges", "bytes");
    for (name, value) in &object.metadata {
        head = head.header(format!("x-amz-meta-{name}"), value);
    }
    head
}

fn parse_range(text: &str) -> Option<(usize, usize)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let last = if last.is_empty() { usize::MAX } else { last.parse().ok()? };
    Some((first.parse().ok()?, last))
}

fn create(state: &mut State, asked: &Asked) -> Answer {
    state.ids += 1;
    let id = format!("upload-{}", state.ids);
    let object = Object::new(&asked.key, &asked.headers, Bytes::new(), state.now());
    state.uploads.insert(id.clone(), Upload { object, parts: BTreeMap::new() });
    let key = escape(&asked.key);
    let inside = format!("<Bucket>{BUCKET}</Bucket><Key>{key}</Key><UploadId>{id}</UploadId>");
    xml("InitiateMultipartUploadResult", &inside)
}

fn upload_part(state: &mut State, asked: &Asked) -> Result<Answer, Refusal> {
    let id = asked.parameter("uploadId");
    let upload = state.uploads.get_mut(id).ok_or_else(no_such_upload)?;
    let number: u32 = asked.parameter("partNumber").parse().map_err(|_| invalid_part())?;
    upload.parts.insert(number, asked.body.clone());
    Ok(with_etag(&etag(&asked.body)))
}

fn complete(state: &mut State, asked: &Asked) -> Result<Answer, Refusal> {
    let id = asked.parameter("uploadId").to_owned();
    check_condition(state, asked)?;
    let profile = state.profile;
    let upload = state.uploads.get(&id).ok_or_else(no_such_upload)?;
    let named = named_parts(&asked.body);
    let all: Option<Vec<_>> = named
        .iter()
        .map(|(number, tag)| upload.parts.get(number).filter(|part| etag(part) == *tag))
        .collect();
    let parts = all.filter(|parts| !parts.is_empty()).ok_or_else(invalid_part)?;
    if !named.is_sorted_by(|one, other| one.0 < other.0) {
        return Err(Refusal::new(400, "InvalidPartOrder", "The parts are not in order"));
    }
    let but_last = &parts[..parts.len() - 1];
    if but_last.iter().any(|part| part.len() < SHORTEST_PART) {
        return Err(Refusal::new(400, "EntityTooSmall", "A part is too small"));
    }
    if profile == Profile::R2 && but_last.iter().any(|part| part.len() != parts[0].len()) {
        let message = "All non-trailing parts must have the same length.";
        return Err(Refusal::new(400, "InvalidPart", message));
    }
    let bytes: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
    let mut object = upload.object.clone();
    object.etag = format!("{}-{}\"", etag(&bytes).trim_end_matches('"'), parts.len());
    object.bytes = bytes.into();
    object.changed_at = state.now();
    let (key, tag) = (escape(&object.key), escape(&object.etag));
    state.uploads.remove(&id);
    state.objects.insert(object.key.clone(), object);
    let inside = format!("<Bucket>{BUCKET}</Bucket><Key>{key}</Key><ETag>{tag}</ETag>");
    Ok(xml("CompleteMultipartUploadResult", &inside))
}

/// Numbers and tags that a completion names.
fn named_parts(body: &[u8]) -> Vec<(u32, String)> {
    let text = String::from_utf8_lossy(body).into_owned();
    let element = |text: &str, name: &str| {
        let (_, after) = text.split_once(&format!("<{name}>"))?;
        let (inside, _) = after.split_once(&format!("</{name}>"))?;
        Some(inside.replace("&quot;", "\""))
    };
    let parts = text.split("<Part>").skip(1);
    parts
        .filter_map(|part| {
            let number = element(part, "PartNumber")?.parse().ok()?;
            Some((number, element(part, "ETag")?))
        })
        .collect()
}

fn list_objects(state: &State, asked: &Asked) -> Answer {
    let prefix = asked.parameter("prefix");
    let after = match asked.parameter("continuation-token") {
        "" => asked.parameter("start-after"),
        token => token,
    };
    let most = asked.parameter("max-keys").parse().unwrap_or(state.page).min(state.page);
    let mut found = state
        .objects
        .iter()
        .filter(|(key, _)| key.starts_with(prefix) && (after.is_empty() || key.as_str() > after));
    let page: Vec<_> = found.by_ref().take(most).collect();
    let goes_on = found.next().is_some();
    let mut inside = format!(
        "<Name>{BUCKET}</Name><Prefix>{}</Prefix><KeyCount>{}</KeyCount><MaxKeys>{most}</MaxKeys>\
         <IsTruncated>{goes_on}</IsTruncated>",
        escape(prefix),
        page.len()
    );
    if let Some((last, _)) = page.last().filter(|_| goes_on) {
        let token = escape(last);
        let _ = write!(inside, "<NextContinuationToken>{token}</NextContinuationToken>");
    }
    for (key, object) in page {
        let (key, tag, len) = (escape(key), escape(&object.etag), object.bytes.len());
        let at = time(object.changed_at);
        let _ = write!(
            inside,
            "<Contents><Key>{key}</Key><LastModified>{at}</LastModified><ETag>{tag}</ETag>\
             <Size>{len}</Size></Contents>"
        );
    }
    xml("ListBucketResult", &inside)
}

fn list_uploads(state: &State, asked: &Asked) -> Answer {
    let (prefix, key_after) = (asked.parameter("prefix"), asked.parameter("key-marker"));
    let id_after = asked.parameter("upload-id-marker");
    let mut found: Vec<_> = state
        .uploads
        .iter()
        .map(|(id, upload)| (upload.object.key.as_str(), id.as_str(), upload.object.changed_at))
        .filter(|(key, id, _)| key.starts_with(prefix) && (*key, *id) > (key_after, id_after))
        .collect();
    found.sort_unstable();
    let goes_on = found.len() > state.page;
    found.truncate(state.page);
    let mut inside = format!("<Bucket>{BUCKET}</Bucket><IsTruncated>{goes_on}</IsTruncated>");
    if let Some((key, id, _)) = found.last().filter(|_| goes_on) {
        let key = escape(key);
        let _ = write!(
            inside,
            "<NextKeyMarker>{key}</NextKeyMarker><NextUploadIdMarker>{id}</NextUploadIdMarker>"
        );
    }
    for (key, id, at) in found {
        let (key, at) = (escape(key), time(at));
        let _ = write!(
            inside,
            "<Upload><Key>{key}</Key><UploadId>{id}</UploadId><Initiated>{at}</Initiated></Upload>"
        );
    }
    xml("ListMultipartUploadsResult", &inside)
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn no_such_key() -> Refusal {
    Refusal::new(404, "NoSuchKey", "The specified key does not exist.")
}

fn no_such_upload() -> Refusal {
    Refusal::new(404, "NoSuchUpload", "The specified multipart upload does not exist.")
}

fn invalid_part() -> Refusal {
    Refusal::new(400, "InvalidPart", "One or more of the specified parts could not be found.")
}
