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
use crate::config::{MasterKeySetting, Settings};
use crate::error::Error;
use crate::store::MasterKey;

const FILE: &str = "master_key";

pub fn load(settings: &Settings, database: &Path) -> Result<MasterKey, StartError> {
    match &settings.master_key {
        MasterKeySetting::Inline(key) => Ok(MasterKey::new(key.0)),
        MasterKeySetting::File(path) => {
            let text = std::fs::read_to_string(path).map_err(StartError::io(format!(
                "cannot read the master key {}",
                path.display()
            )))?;
            parse(path, &text)
        }
        MasterKeySetting::InDataDir => in_data_dir(&settings.data_dir.join(FILE), database),
    }
}

fn in_data_dir(path: &Path, database: &Path) -> Result<MasterKey, StartError> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(path, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if database.exists() {
                return Err(StartError::MasterKey(format!(
                    "{} is missing, but {} was written with it; put it back, or set BYTESTACK_MASTER_KEY",
                    path.display(),
                    database.display()
                )));
            }
            make(path)
        }
        Err(error) => Err(StartError::io(format!("cannot read {}", path.display()))(error)),
    }
}

fn make(path: &Path) -> Result<MasterKey, StartError> {
    let key = random_bytes::<32>().map_err(Error::from)?;
    let write = || {
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(STANDARD.encode(key).as_bytes())?;
        file.sync_all()
    };
    write().map_err(StartError::io(format!("cannot write {}", path.display())))?;
    Ok(MasterKey::new(key))
}

fn parse(path: &Path, text: &str) -> Result<MasterKey, StartError> {
    let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(MasterKey::new).ok_or_else(|| {
        StartError::MasterKey(format!("{} does not hold 32 bytes in base64", path.display()))
    })
}
