//! Where the master key comes from. A made one is written once, readable by its owner alone; a missing
//! one beside an existing database is an error, as another key would open nothing.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::StartError;
use crate::clock::random_bytes;
use crate::config::{DatabaseUrl, MasterKeySetting, Settings};
use crate::error::Error;
use crate::store::MasterKey;

const FILE: &str = "master_key";

/// The key, made where a new data directory has none.
pub fn load(settings: &Settings) -> Result<MasterKey, StartError> {
    let path = settings.data_dir.join(FILE);
    let is_new = matches!(settings.master_key, MasterKeySetting::InDataDir)
        && !path.exists()
        && !has_sqlite(&settings.database);
    if is_new { make(&path) } else { find(settings) }
}

/// The key as it is; none is made.
pub fn find(settings: &Settings) -> Result<MasterKey, StartError> {
    match &settings.master_key {
        MasterKeySetting::Inline(key) => Ok(MasterKey::new(key.0)),
        MasterKeySetting::File(path) => {
            let text = std::fs::read_to_string(path).map_err(StartError::io(format!(
                "cannot read the master key {}",
                path.display()
            )))?;
            parse(path, &text)
        }
        MasterKeySetting::InDataDir => {
            in_data_dir(&settings.data_dir.join(FILE), &settings.database)
        }
    }
}

fn in_data_dir(path: &Path, database: &DatabaseUrl) -> Result<MasterKey, StartError> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(path, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let written = match database {
                DatabaseUrl::Sqlite(file) if file.exists() => file.display().to_string(),
                _ => "the database".to_owned(),
            };
            Err(StartError::MasterKey(format!(
                "{} is missing, but {written} was written with it; put it back, or set \
                 BYTESTACK_MASTER_KEY",
                path.display(),
            )))
        }
        Err(error) => Err(StartError::io(format!("cannot read {}", path.display()))(error)),
    }
}

/// Whether a shared database fits is seen when it is opened.
fn has_sqlite(database: &DatabaseUrl) -> bool {
    matches!(database, DatabaseUrl::Sqlite(file) if file.exists())
}

/// Whoever comes first makes it: another process that starts just now then reads the same one.
fn make(path: &Path) -> Result<MasterKey, StartError> {
    let key = random_bytes::<32>().map_err(Error::from)?;
    let written = write_once(path, STANDARD.encode(key).as_bytes());
    written.map_err(StartError::io(format!("cannot write {}", path.display())))?;
    let text = std::fs::read_to_string(path)
        .map_err(StartError::io(format!("cannot read {}", path.display())))?;
    parse(path, &text)
}

/// Writes a file whole or not at all, and never over one that is there.
fn write_once(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let aside = folder.join(format!("{FILE}.{}", std::process::id()));
    let mut file =
        File::options().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&aside, path);
    std::fs::remove_file(&aside)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => File::open(folder)?.sync_all(),
    }
}

fn parse(path: &Path, text: &str) -> Result<MasterKey, StartError> {
    let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(MasterKey::new).ok_or_else(|| {
        StartError::MasterKey(format!("{} does not hold 32 bytes in base64", path.display()))
    })
}
