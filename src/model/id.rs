//! Typed ids: a prefix and a lower-case ULID, the same text in GraphQL, REST, logs and files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A text that is not an id of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not an id of the form {prefix}<26 characters>")]
pub struct IdError {
    prefix: &'static str,
    value: String,
}

/// What every typed id can do; made by the `typed_id!` lines below.
pub trait TypedId: Copy + fmt::Display + FromStr<Err = IdError> {
    const PREFIX: &'static str;

    /// Wraps a ULID; only the clock makes new ones.
    fn from_ulid(ulid: Ulid) -> Self;
    fn ulid(self) -> Ulid;
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Ulid);

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;

            fn from_ulid(ulid: Ulid) -> Self {
                Self(ulid)
            }

            fn ulid(self) -> Ulid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_id(f, $prefix, self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_id($prefix, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                described($prefix).into()
            }
        }

        impl ToSchema for $name {}
    };
}

typed_id!(
    /// A workspace, the tenant.
    WorkspaceId, "ws_"
);
typed_id!(ApiKeyId, "key_");
typed_id!(QueryId, "qry_");
typed_id!(JobId, "job_");
typed_id!(EventId, "evt_");
typed_id!(StorageObjectId, "obj_");
typed_id!(DeliveryId, "dlv_");
typed_id!(
    /// A bucket as it was connected: another endpoint, name or prefix is another one.
    BucketId, "bkt_"
);
typed_id!(WebhookEndpointId, "wh_");
typed_id!(AuditEntryId, "aud_");
typed_id!(DeletionId, "del_");
typed_id!(ScrapeLogId, "log_");
typed_id!(SessionId, "ses_");
typed_id!(DownloadLinkId, "lnk_");
typed_id!(PinId, "pin_");
typed_id!(
    /// One immutable version of a dataset.
    DatasetId, "ds_"
);
typed_id!(
    /// An answered HTTP request or socket operation, in logs and errors.
    RequestId, "req_"
);

fn write_id(f: &mut fmt::Formatter<'_>, prefix: &str, ulid: Ulid) -> fmt::Result {
    let mut buffer = [0_u8; ulid::ULID_LEN];
    let text = ulid.array_to_str(&mut buffer);
    text.make_ascii_lowercase();
    f.write_str(prefix)?;
    f.write_str(text)
}

/// The text of an id for the description of the REST routes.
fn described(prefix: &str) -> Object {
    let pattern = format!("^{prefix}[0-7][0-9a-hjkmnp-tv-z]{{25}}$");
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build()
}

/// Only the canonical text is accepted, so that one object has one id.
fn parse_id(prefix: &'static str, text: &str) -> Result<Ulid, IdError> {
    let error = || IdError { prefix, value: text.chars().take(64).collect() };
    let rest = text.strip_prefix(prefix).ok_or_else(error)?;
    if rest.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(error());
    }
    let ulid = Ulid::from_string(rest).map_err(|_| error())?;
    let mut canonical = ulid.to_string();
    canonical.make_ascii_lowercase();
    if canonical == rest { Ok(ulid) } else { Err(error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let id = QueryId::from_ulid(Ulid::from_parts(1_745_999_999_000, 42));
        let text = id.to_string();
        assert!(text.starts_with("qry_") && text.len() == 30, "{text}");
        assert_eq!(text.parse::<QueryId>(), Ok(id));
        assert_eq!(serde_json::to_value(id).unwrap(), serde_json::json!(text));
    }

    #[test]
    fn other_spellings_are_refused() {
        let id = JobId::from_ulid(Ulid::from_parts(1_745_999_999_000, 0xabc1)).to_string();
        let upper = format!("job_{}", id[4..].to_uppercase());
        let confusable = id.replace('1', "l");
        for wrong in ["", "job_", "qry_00000000000000000000000000", &upper, &confusable, &id[1..]] {
            assert!(wrong.parse::<JobId>().is_err(), "{wrong}");
        }
    }
}
