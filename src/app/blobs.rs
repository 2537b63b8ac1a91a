//! Where the settings say that blobs are kept.

use std::fs;
use std::time::Duration;

use super::StartError;
use crate::blobs::s3::{Patience, S3, S3Target};
use crate::blobs::{Blobs, Disk};
use crate::clock::Clock;
use crate::config::{BlobsSetting, S3Settings, Settings};
use crate::error::Error;
use crate::model::id::RequestId;

/// Below the data directory: what is on its way to a bucket.
const SPOOL_FOLDER: &str = "spool";
/// How long a start waits for a store.
const WITHIN: Duration = Duration::from_secs(30);

/// Opens them, and makes the folders that are needed.
pub fn open(settings: &Settings) -> Result<Blobs, StartError> {
    match &settings.blobs {
        BlobsSetting::Disk(folder) => {
            let disk = Disk::open(folder).map_err(StartError::io("cannot open the blobs"))?;
            Ok(Blobs::new(disk))
        }
        BlobsSetting::S3(s3) => {
            let spool = settings.data_dir.join(SPOOL_FOLDER);
            let made = fs::create_dir_all(&spool);
            made.map_err(StartError::io(format!("cannot make {}", spool.display())))?;
            bucket(settings, s3)
        }
    }
}

/// Opens them for looking alone.
pub fn as_is(settings: &Settings) -> Result<Blobs, StartError> {
    match &settings.blobs {
        BlobsSetting::Disk(folder) => Ok(Blobs::new(Disk::as_is(folder))),
        BlobsSetting::S3(s3) => bucket(settings, s3),
    }
}

fn bucket(settings: &Settings, s3: &S3Settings) -> Result<Blobs, StartError> {
    let Some(key) = &s3.credentials else {
        let message = "blobs on S3 need a key: set BYTESTACK_S3_ACCESS_KEY_ID and \
                       BYTESTACK_S3_SECRET_ACCESS_KEY";
        return Err(StartError::NotSupported(message.to_owned()));
    };
    let target = S3Target {
        endpoint: s3.endpoint.clone(),
        region: s3.region.clone(),
        bucket: s3.bucket.clone(),
        prefix: s3.prefix.clone(),
        path_style: s3.path_style,
        access_key_id: key.access_key_id.clone(),
        secret: key.secret_access_key.clone(),
    };
    let spool = settings.data_dir.join(SPOOL_FOLDER);
    Ok(Blobs::new(S3::new(target, &spool, Patience::default())?))
}

/// Refuses to start on blobs that cannot be used: better now than when the first job ends.
pub async fn check(settings: &Settings, blobs: &Blobs, clock: &Clock) -> Result<(), StartError> {
    let name = clock.new_id::<RequestId>().map_err(Error::from)?.to_string();
    let place = match &settings.blobs {
        BlobsSetting::Disk(folder) => folder.display().to_string(),
        BlobsSetting::S3(s3) => format!("the bucket {}", s3.bucket),
    };
    let why = match tokio::time::timeout(WITHIN, blobs.check(&name)).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", WITHIN.as_secs()),
    };
    Err(StartError::Blobs { place, why })
}
