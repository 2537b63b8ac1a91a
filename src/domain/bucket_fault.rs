//! What a store's refusal means for somebody who fills in a form.

use chrono::{DateTime, TimeDelta, Utc};

use crate::blobs::s3::{Cause, S3Fault};
use crate::model::bucket::{BucketPlace, TestStep};
use crate::net::NetError;

/// Stores refuse requests that were signed further away than this from their own time.
const SKEW: TimeDelta = TimeDelta::minutes(15);

/// A failure in words, with a stable code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    pub code: &'static str,
    pub message: String,
}

/// Whether the store knows who asks and does not allow it this.
pub fn is_denied(fault: &S3Fault) -> bool {
    fault.cause == Cause::Denied && fault.is_known()
}

/// What is wrong and what to do about it.
pub fn explain(fault: &S3Fault, step: TestStep, place: &BucketPlace, now: DateTime<Utc>) -> Fault {
    let refusal = Refusal { fault, step, place };
    match &fault.cause {
        Cause::Net(error) => return unreached(error, place),
        Cause::Timeout => return Fault { code: "TIMEOUT", message: fault.to_string() },
        _ if fault.status.is_none() => {
            let error = NetError::Broken("the store's answer cannot be read".to_owned());
            return unreached(&error, place);
        }
        _ => {}
    }
    refusal.wrong_region().or_else(|| refusal.wrong_clock(now)).unwrap_or_else(|| {
        let (code, message) = refusal.told();
        Fault { code, message }
    })
}

/// An answer that is a no, and what it was an answer to.
struct Refusal<'a> {
    fault: &'a S3Fault,
    step: TestStep,
    place: &'a BucketPlace,
}

impl Refusal<'_> {
    fn status(&self) -> u16 {
        self.fault.status.unwrap_or_default()
    }

    fn told(&self) -> (&'static str, String) {
        let (fault, step, place) = (self.fault, self.step, self.place);
        match (fault.code.as_deref(), &fault.cause) {
            (None, _) => self.without_code(),
            (Some("InvalidBucketName"), _) => ("BUCKET_NAME_INVALID", bad_name(place)),
            (Some("InvalidRequest"), _) if self.says("object lock") => {
                ("OBJECT_LOCK", LOCKED.to_owned())
            }
            (Some(code), _) if code.starts_with("KMS.") => ("ENCRYPTION_KEY", KMS.to_owned()),
            (Some(code), _) if !fault.is_known() => ("REFUSED", self.refused(code)),
            (_, Cause::Denied) => ("ACCESS_DENIED", denied(step, place)),
            (_, Cause::NoBucket) => ("BUCKET_NOT_FOUND", no_bucket(place)),
            (_, Cause::UnknownKeyId) => ("ACCESS_KEY_UNKNOWN", UNKNOWN_KEY.to_owned()),
            (_, Cause::WrongSecret) => ("SECRET_WRONG", WRONG_SECRET.to_owned()),
            (_, Cause::ExpiredKey) => ("ACCESS_KEY_EXPIRED", EXPIRED_KEY.to_owned()),
            (_, Cause::AccountClosed) => ("ACCOUNT_CLOSED", ACCOUNT.to_owned()),
            (_, Cause::Throttled | Cause::Busy) => ("STORE_BUSY", BUSY.to_owned()),
            (_, Cause::Full) => ("BUCKET_FULL", FULL.to_owned()),
            (_, Cause::NotImplemented) => ("NOT_SUPPORTED", not_supported(step)),
            (Some(code), _) => ("REFUSED", self.refused(code)),
        }
    }

    fn wrong_region(&self) -> Option<Fault> {
        let Cause::WrongRegion(region) = &self.fault.cause else { return None };
        let here = &self.place.region;
        let other = region.as_deref().filter(|region| region != here);
        if self.fault.code.is_none() && other.is_none() {
            return None;
        }
        let message = match other {
            Some(right) => format!(
                "the bucket is in the region {right}, not in {here}: set the region to {right} and use \
                 that region's endpoint"
            ),
            None => format!(
                "the bucket is not at this endpoint or not in the region {here}; the store does not say \
                 where, so look it up in its console"
            ),
        };
        Some(Fault { code: "REGION_WRONG", message })
    }

    fn wrong_clock(&self, now: DateTime<Utc>) -> Option<Fault> {
        let date = self.fault.store_date.as_deref();
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        let away = date.map(|date| now - date.to_utc());
        let far = away.is_some_and(|away| away.abs() > SKEW);
        let is_refused_for_it = self.fault.cause == Cause::ClockSkew || far && self.status() == 403;
        if !is_refused_for_it {
            return None;
        }
        let by = away.map(|away| {
            let direction = if away < TimeDelta::zero() { "behind" } else { "ahead of" };
            format!(" is {} minutes {direction} the store's", away.abs().num_minutes())
        });
        let by =
            by.unwrap_or_else(|| " differs from the store's by more than 15 minutes".to_owned());
        let message =
            format!("the clock of this server{by}; set it right (with NTP), then try again");
        Some(Fault { code: "CLOCK_WRONG", message })
    }

    fn without_code(&self) -> (&'static str, String) {
        let (step, place) = (self.step, self.place);
        let host_or_path = if place.path_style { "off" } else { "on" };
        match self.status() {
            403 => ("ACCESS_DENIED", denied(step, place)),
            404 => (
                "NOT_A_STORE",
                format!(
                    "something answers at {}, but not as a store of S3 does (404); check the endpoint, \
                     or try it with path style {host_or_path}",
                    place.endpoint
                ),
            ),
            429 | 500..=599 => ("STORE_BUSY", BUSY.to_owned()),
            status => (
                "NOT_A_STORE",
                format!(
                    "something answers at {} with {status}, but not as a store of S3 does; the endpoint \
                     is that of the S3 interface, not of the console",
                    place.endpoint
                ),
            ),
        }
    }

    fn says(&self, words: &str) -> bool {
        self.fault.message.as_deref().is_some_and(|text| text.to_ascii_lowercase().contains(words))
    }

    fn refused(&self, code: &str) -> String {
        let plain = |text: &str| {
            let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c });
            shown.take(200).collect::<String>()
        };
        let message = self.fault.message.as_deref().map(plain).unwrap_or_default();
        format!("the store refuses with {} ({}): {message}", plain(code), self.status())
    }
}

/// Of what is kept here, not of the store.
pub const UNREADABLE_SECRET: &str =
    "the secret access key that is kept cannot be opened; connect the bucket again with its secret";
pub const UNREADABLE_RESULT: &str = "the result is damaged or cannot be read here, so nothing was written; the service's log says more";

const UNKNOWN_KEY: &str = "the store does not know this access key id; copy it again, and check that the key is of this store";
const WRONG_SECRET: &str =
    "the secret access key does not belong to this access key id; copy both again";
const EXPIRED_KEY: &str =
    "the key has expired or is a temporary one; make one that lasts and has no session token";
const ACCOUNT: &str = "the store says that the account is closed or not paid for; look at it there";
const BUSY: &str = "the store is busy or out of order just now; try again in a few minutes";
const FULL: &str = "the bucket or its account is full; make room or raise its quota";
const LOCKED: &str = "the bucket has a default retention (object lock), with which this service cannot write; use one without";
const KMS: &str = "the bucket encrypts with a key that cannot be used; enable the key, or allow it to this access key";

fn denied(step: TestStep, place: &BucketPlace) -> String {
    let (action, what) = match step {
        TestStep::Connect | TestStep::Write => ("s3:PutObject", "write"),
        TestStep::Read => ("s3:GetObject", "read"),
        TestStep::Delete => ("s3:DeleteObject", "delete"),
    };
    let (name, prefix) = (&place.name, &place.prefix);
    format!("the key may not {what} here: allow it {action} on arn:aws:s3:::{name}/{prefix}*")
}

fn no_bucket(place: &BucketPlace) -> String {
    format!(
        "there is no bucket `{}` at {}; check its name and the endpoint",
        place.name, place.endpoint
    )
}

fn bad_name(place: &BucketPlace) -> String {
    let hint = if place.path_style { "" } else { ", or try it with path style on" };
    format!("`{}` is not a name that this store has for buckets; check it{hint}", place.name)
}

fn not_supported(step: TestStep) -> String {
    let what = match step {
        TestStep::Connect | TestStep::Write => "PutObject",
        TestStep::Read => "GetObject",
        TestStep::Delete => "DeleteObject",
    };
    format!(
        "the store does not take {what} at this address; check the endpoint and the bucket's name"
    )
}

fn unreached(error: &NetError, place: &BucketPlace) -> Fault {
    let host_style = !place.path_style;
    let message = match error {
        NetError::Dns(text) if host_style => {
            format!("{text}; where the bucket is not part of the host, turn path style on")
        }
        NetError::Tls(text) if host_style && place.name.contains('.') => {
            format!("{text}; a bucket with a dot in its name needs path style")
        }
        other => other.to_string(),
    };
    Fault { code: error.code(), message }
}

#[cfg(test)]
mod tests {
    use super::TestStep::{Delete, Read, Write};
    use super::*;

    fn place(path_style: bool) -> BucketPlace {
        BucketPlace {
            endpoint: "https://s3.eu-central-1.amazonaws.com".to_owned(),
            name: "acme".to_owned(),
            region: "eu-central-1".to_owned(),
            prefix: "bytestack/".to_owned(),
            path_style,
        }
    }

    fn answered(status: u16, code: Option<&str>) -> S3Fault {
        let cause = Cause::told_by(code, Some(status)).unwrap_or(Cause::Other);
        let code = code.map(Box::from);
        S3Fault {
            status: Some(status),
            code,
            message: None,
            ..S3Fault::own("PutObject", cause, "")
        }
    }

    fn coded(status: u16, code: &str) -> S3Fault {
        answered(status, Some(code))
    }

    fn silent(status: u16) -> S3Fault {
        answered(status, None)
    }

    fn unreached(error: NetError) -> S3Fault {
        S3Fault::own("PutObject", Cause::Net(error), "")
    }

    /// Every way to fail has its own code or its own words, and says what to do.
    #[test]
    fn each_failure_is_told_apart() {
        let now: DateTime<Utc> = "2026-11-23T17:30:00Z".parse().unwrap();
        let there = Cause::WrongRegion(Some("us-west-2".to_owned()));
        let elsewhere = S3Fault { cause: there.clone(), ..coded(301, "PermanentRedirect") };
        let malformed = S3Fault { cause: there, ..coded(400, "AuthorizationHeaderMalformed") };
        let skewed = S3Fault {
            store_date: Some("Mon, 23 Nov 2026 16:10:00 GMT".into()),
            ..coded(403, "RequestTimeTooSkewed")
        };
        let locked = S3Fault {
            message: Some(
                "Content-MD5 is required for requests with Object Lock parameters".into(),
            ),
            ..coded(400, "InvalidRequest")
        };
        let odd = S3Fault { message: Some("no\nthanks".into()), ..coded(400, "Peculiar") };
        let cases = [
            (
                unreached(NetError::Dns("acme.s3 has no address".into())),
                Write,
                "DNS_FAILED",
                "path style on",
            ),
            (
                unreached(NetError::Connect("it refuses connections".into())),
                Write,
                "CONNECT_FAILED",
                "refuses",
            ),
            (
                unreached(NetError::Tls("the certificate has expired".into())),
                Write,
                "TLS_FAILED",
                "expired",
            ),
            (
                unreached(NetError::Forbidden("10.0.0.1 is private".into())),
                Write,
                "ADDRESS_FORBIDDEN",
                "private",
            ),
            (
                unreached(NetError::Broken("it hung up".into())),
                Write,
                "CONNECTION_BROKEN",
                "hung up",
            ),
            (elsewhere, Write, "REGION_WRONG", "set the region to us-west-2"),
            (malformed, Write, "REGION_WRONG", "set the region to us-west-2"),
            (coded(301, "PermanentRedirect"), Write, "REGION_WRONG", "look it up"),
            (skewed, Write, "CLOCK_WRONG", "80 minutes ahead of"),
            (coded(403, "RequestTimeTooSkewed"), Write, "CLOCK_WRONG", "more than 15 minutes"),
            (coded(403, "InvalidAccessKeyId"), Write, "ACCESS_KEY_UNKNOWN", "access key id"),
            (coded(403, "SignatureDoesNotMatch"), Write, "SECRET_WRONG", "copy both again"),
            (coded(400, "ExpiredToken"), Write, "ACCESS_KEY_EXPIRED", "expired"),
            (coded(403, "AccessDenied"), Write, "ACCESS_DENIED", "s3:PutObject"),
            (coded(403, "AccessDenied"), Read, "ACCESS_DENIED", "s3:GetObject"),
            (coded(403, "AccessDenied"), Delete, "ACCESS_DENIED", "s3:DeleteObject"),
            (silent(403), Write, "ACCESS_DENIED", "arn:aws:s3:::acme/bytestack/*"),
            (coded(404, "NoSuchBucket"), Write, "BUCKET_NOT_FOUND", "no bucket `acme`"),
            (coded(400, "InvalidBucketName"), Write, "BUCKET_NAME_INVALID", "path style on"),
            (coded(403, "AllAccessDisabled"), Write, "ACCOUNT_CLOSED", "account"),
            (coded(503, "SlowDown"), Write, "STORE_BUSY", "a few minutes"),
            (silent(502), Write, "STORE_BUSY", "a few minutes"),
            (coded(400, "QuotaExceeded"), Write, "BUCKET_FULL", "quota"),
            (locked, Write, "OBJECT_LOCK", "object lock"),
            (coded(400, "KMS.DisabledException"), Write, "ENCRYPTION_KEY", "enable the key"),
            (coded(405, "MethodNotAllowed"), Write, "NOT_SUPPORTED", "PutObject"),
            (silent(404), Write, "NOT_A_STORE", "path style on"),
            (silent(200), Read, "NOT_A_STORE", "not of the console"),
            (odd, Write, "REFUSED", "Peculiar (400): no thanks"),
        ];
        let mut told = std::collections::HashSet::new();
        for (refusal, step, code, words) in cases {
            let fault = explain(&refusal, step, &place(false), now);
            assert_eq!(fault.code, code, "{refusal:?}");
            assert!(fault.message.contains(words), "{}: {}", fault.code, fault.message);
            told.insert(fault);
        }
        assert!(told.len() >= 25, "{} are told apart", told.len());
        assert!(is_denied(&silent(403)) && is_denied(&coded(403, "AccessDenied")));
        assert!(!is_denied(&coded(403, "SignatureDoesNotMatch")));
        assert!(!is_denied(&coded(403, "Peculiar")));
    }

    #[test]
    fn an_answer_from_another_time_is_a_wrong_clock_only_where_it_is_refused() {
        let now: DateTime<Utc> = "2026-11-23T17:30:00Z".parse().unwrap();
        let store_date = Some(Box::from("Mon, 23 Nov 2026 18:00:00 GMT"));
        let refused =
            S3Fault { store_date: store_date.clone(), ..coded(403, "SignatureDoesNotMatch") };
        let fault = explain(&refused, Write, &place(true), now);
        assert_eq!(fault.code, "CLOCK_WRONG");
        assert!(fault.message.contains("30 minutes behind"), "{}", fault.message);
        let missing = S3Fault { store_date, ..coded(404, "NoSuchBucket") };
        assert_eq!(explain(&missing, Write, &place(true), now).code, "BUCKET_NOT_FOUND");
    }
}
