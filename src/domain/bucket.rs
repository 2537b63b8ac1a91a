//! Connecting a workspace's bucket: what is given is tried before it is kept.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::bucket_fault::UNREADABLE_SECRET;
use super::{Domain, require};
use crate::error::Error;
use crate::model::api_key::{Principal, Scope};
use crate::model::audit_entry::Operation;
use crate::model::bucket::{
    Bucket, BucketPlace, BucketState, BucketTest, DEFAULT_PREFIX, needs_path_style, region_of,
};
use crate::net::{NetError, Schemes};

const MAX_ENDPOINT: usize = 2_048;
const MAX_PREFIX: usize = 512;
const MAX_CREDENTIAL: usize = 256;

/// What is filled in to connect a bucket.
#[derive(Clone, Debug)]
pub struct BucketInput {
    pub endpoint: String,
    pub name: String,
    /// Not given or `auto`: what the endpoint says.
    pub region: Option<String>,
    pub prefix: Option<String>,
    pub access_key_id: String,
    /// Not given: the one that is kept for the same endpoint and access key.
    pub secret_access_key: Option<SecretString>,
    /// Not given: as the endpoint needs it.
    pub path_style: Option<bool>,
    /// Only try it.
    pub dry_run: bool,
    /// Keep it although the test fails.
    pub save_untested: bool,
}

/// What was connected, and what the test said.
#[derive(Clone, Debug)]
pub struct Connected {
    /// As it is kept; nothing when it was only tried.
    pub bucket: Option<Bucket>,
    pub test: BucketTest,
}

/// Why a bucket is not connected; nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum BucketFailure {
    #[error("{message}")]
    Input { field: &'static str, message: String },
    #[error("{0}")]
    Forbidden(String),
    #[error("the bucket was not saved: {}", .0.failed().and_then(|step| step.message.as_deref()).unwrap_or("the test failed"))]
    Test(BucketTest),
    #[error("no bucket of this name is connected")]
    NoBucket,
    #[error(transparent)]
    Failed(#[from] Error),
}

impl BucketFailure {
    fn input(field: &'static str, message: impl Into<String>) -> Self {
        Self::Input { field, message: message.into() }
    }
}

impl Domain {
    /// The caller's bucket.
    ///
    /// # Errors
    /// `FORBIDDEN` without scope `admin`.
    pub async fn bucket(&self, who: &Principal) -> Result<Option<Bucket>, Error> {
        require(who, Scope::Admin)?;
        Ok(self.store.bucket(who.workspace_id).await?)
    }

    /// Tries a bucket and keeps it when it works, in place of the one there was.
    ///
    /// # Errors
    /// What is wrong with the input, or what the test says.
    pub async fn connect_bucket(
        &self,
        who: &Principal,
        input: BucketInput,
    ) -> Result<Connected, BucketFailure> {
        require(who, Scope::Admin)?;
        let place = self.place(&input)?;
        let known = self.store.bucket_with_secret(who.workspace_id).await.map_err(Error::from)?;
        let access_key_id =
            credential("accessKeyId", &input.access_key_id).map(ToOwned::to_owned)?;
        let secret = match &input.secret_access_key {
            Some(secret) => {
                credential("secretAccessKey", secret.expose_secret())?;
                secret.clone()
            }
            None => kept_secret(known.as_ref(), &place, &access_key_id)?,
        };
        let test = self.test_bucket(&place, &access_key_id, &secret).await;
        if input.dry_run {
            return Ok(Connected { bucket: None, test });
        }
        if !test.ok() && !input.save_untested {
            return Err(BucketFailure::Test(test));
        }
        let known = known.map(|(bucket, _)| bucket).filter(|bucket| leads_to(bucket, &place));
        let now = self.clock.now();
        let (id, connected_at, failing_since) = match known {
            Some(bucket) => (bucket.id, bucket.connected_at, bucket.failing_since),
            None => (self.clock.new_id().map_err(Error::from)?, now, None),
        };
        let bucket = Bucket {
            id,
            workspace_id: who.workspace_id,
            place,
            access_key_id,
            state: BucketState::Active,
            failing_since: failing_since.filter(|_| !test.ok()),
            connected_at,
            last_test: Some(test.clone()),
        };
        let detail = json!({
            "endpoint": bucket.place.endpoint, "name": bucket.place.name,
            "prefix": bucket.place.prefix, "tested": test.ok(),
        });
        let audit = self.entry(who, Operation::ConnectBucket, &who.workspace_id, detail)?;
        let saved = self.store.save_bucket(bucket.clone(), secret.expose_secret(), audit).await;
        saved.map_err(Error::from)?;
        Ok(Connected { bucket: Some(bucket), test })
    }

    /// Tries the bucket that is connected; when the test passes, results are sent again.
    ///
    /// # Errors
    /// When there is none of this name, or what the test says.
    pub async fn resume_bucket(
        &self,
        who: &Principal,
        name: &str,
    ) -> Result<Connected, BucketFailure> {
        require(who, Scope::Admin)?;
        let known = self.store.bucket_with_secret(who.workspace_id).await.map_err(Error::from)?;
        let known = known.filter(|(bucket, _)| bucket.place.name == name);
        let (bucket, secret) = known.ok_or(BucketFailure::NoBucket)?;
        let secret = secret.ok_or_else(|| BucketFailure::input("name", UNREADABLE_SECRET))?;
        let test = self.test_bucket(&bucket.place, &bucket.access_key_id, &secret.into()).await;
        let detail = json!({ "name": name, "tested": test.ok() });
        let audit = self.entry(who, Operation::ResumeBucket, &who.workspace_id, detail)?;
        let tested =
            self.store.tested_bucket(who.workspace_id, bucket.id, test.clone(), audit).await;
        let bucket = tested.map_err(Error::from)?.ok_or(BucketFailure::NoBucket)?;
        if !test.ok() {
            return Err(BucketFailure::Test(test));
        }
        Ok(Connected { bucket: Some(bucket), test })
    }

    /// Forgets the bucket and its credentials; what lies in it stays.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn disconnect_bucket(
        &self,
        who: &Principal,
        name: &str,
    ) -> Result<(), BucketFailure> {
        require(who, Scope::Admin)?;
        let known = self.store.bucket(who.workspace_id).await.map_err(Error::from)?;
        let known = known.filter(|bucket| bucket.place.name == name);
        let bucket = known.ok_or(BucketFailure::NoBucket)?;
        let detail = json!({ "endpoint": bucket.place.endpoint, "name": bucket.place.name });
        let audit = self.entry(who, Operation::DisconnectBucket, &who.workspace_id, detail)?;
        let deleted = self.store.delete_bucket(who.workspace_id, bucket.id, audit).await;
        if deleted.map_err(Error::from)? { Ok(()) } else { Err(BucketFailure::NoBucket) }
    }

    /// What leads to the bucket, with what was not given filled in.
    fn place(&self, input: &BucketInput) -> Result<BucketPlace, BucketFailure> {
        let endpoint = input.endpoint.trim().trim_end_matches('/');
        if endpoint.len() > MAX_ENDPOINT {
            let message = format!("the endpoint has at most {MAX_ENDPOINT} bytes");
            return Err(BucketFailure::input("endpoint", message));
        }
        let url = self.egress.check(endpoint, Schemes::Https).map_err(|error| match error {
            NetError::Forbidden(message) => BucketFailure::Forbidden(message),
            other => BucketFailure::input("endpoint", other.to_string()),
        })?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            let message = "the endpoint is the address of the store alone, such as \
                           https://s3.eu-central-1.amazonaws.com; the bucket has a field of its own";
            return Err(BucketFailure::input("endpoint", message));
        }
        let name = bucket_name(&input.name)?;
        let host = url.host_str().unwrap_or_default();
        if host.to_ascii_lowercase().starts_with(&format!("{}.", name.to_ascii_lowercase())) {
            let message =
                format!("leave the bucket's name out of the endpoint: it begins with {name}.");
            return Err(BucketFailure::input("endpoint", message));
        }
        let given = input.region.as_deref().map(str::trim).filter(|region| !region.is_empty());
        let region = match given.filter(|region| *region != "auto") {
            Some(region) => region_name(region)?,
            None => region_of(host),
        };
        let as_it_needs = || needs_path_style(host, url.port().is_some(), name);
        let path_style = input.path_style.unwrap_or_else(as_it_needs);
        let prefix = prefix(input.prefix.as_deref().unwrap_or(DEFAULT_PREFIX))?;
        let (endpoint, name) = (endpoint.to_owned(), name.to_owned());
        Ok(BucketPlace { endpoint, name, region, prefix, path_style })
    }
}

/// Whether what was sent to the one lies in the other.
fn leads_to(bucket: &Bucket, place: &BucketPlace) -> bool {
    let known = &bucket.place;
    (&known.endpoint, &known.name, &known.prefix) == (&place.endpoint, &place.name, &place.prefix)
}

fn kept_secret(
    known: Option<&(Bucket, Option<String>)>,
    place: &BucketPlace,
    access_key_id: &str,
) -> Result<SecretString, BucketFailure> {
    let same = known.filter(|(bucket, _)| {
        bucket.place.endpoint == place.endpoint && bucket.access_key_id == access_key_id
    });
    let missing = || {
        let message = "give the secret access key: none that can be read is kept for this endpoint \
                       and access key";
        BucketFailure::input("secretAccessKey", message)
    };
    let secret = same.and_then(|(_, secret)| secret.clone());
    secret.map(SecretString::from).ok_or_else(missing)
}

fn bucket_name(name: &str) -> Result<&str, BucketFailure> {
    let name = name.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if (3..=255).contains(&name.len()) && name.bytes().all(plain) && !name.contains("..") {
        return Ok(name);
    }
    let message = "a bucket's name has 3 to 255 letters, digits, hyphens, dots or underscores";
    Err(BucketFailure::input("name", message))
}

fn region_name(region: &str) -> Result<String, BucketFailure> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if region.len() <= 64 && region.bytes().all(plain) {
        return Ok(region.to_owned());
    }
    let message = "a region is a name such as eu-central-1; leave it out where the store has none";
    Err(BucketFailure::input("region", message))
}

/// Ends with a slash unless it is empty, as a folder is meant.
fn prefix(prefix: &str) -> Result<String, BucketFailure> {
    let fault = |message: &str| Err(BucketFailure::input("prefix", message));
    if prefix.len() > MAX_PREFIX {
        return fault("a prefix has at most 512 bytes");
    }
    if prefix.chars().any(char::is_control) {
        return fault("a prefix has no control characters");
    }
    if prefix.starts_with('/') || prefix.split('/').any(|part| part == "." || part == "..") {
        return fault("a prefix begins with no slash and has no part that is . or ..");
    }
    if prefix.is_empty() || prefix.ends_with('/') {
        return Ok(prefix.to_owned());
    }
    Ok(format!("{prefix}/"))
}

fn credential<'a>(field: &'static str, text: &'a str) -> Result<&'a str, BucketFailure> {
    let fits = (1..=MAX_CREDENTIAL).contains(&text.len());
    if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text);
    }
    let message = "it has 1 to 256 visible ASCII characters and no spaces; copy it again";
    Err(BucketFailure::input(field, message))
}
