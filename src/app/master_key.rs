//! Where the master key comes from. A made one is written once, readable by its owner alone; a missing
//! one beside an existing database is an error, as another key would open nothing.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::StartError;
use crate::clock::random_bytes;
use crate::config::{DatabaseUrl, MasterKeySetting, Settings};
use crate::error::Error;
use crate::store::{MasterKey, ReadKeys};

const FILE: &str = "master_key";

/// The key, made where a new data directory has none.
pub fn load(settings: &Settings) -> Result<MasterKey, StartError> {
    let path = settings.data_dir.join(FILE);
    let is_new = matches!(settings.master_key, MasterKeySetting::InDataDir)
        && !path.exists()
        && !has_sqlite(&settings.database);
    if is_new {
        make(&path)?;
    }
    find(settings)
}

/// The key as it is; none is made.
pub fn find(settings: &Settings) -> Result<MasterKey, StartError> {
    let also = match &settings.master_key_previous {
        None | Some(MasterKeySetting::InDataDir) => Vec::new(),
        Some(MasterKeySetting::Inline(key)) => vec![key.0],
        Some(MasterKeySetting::File(path)) => read(path)?.all(),
    };
    let (path, keys) = match &settings.master_key {
        MasterKeySetting::Inline(key) => {
            return Ok(MasterKey::of([&[key.0][..], &also].concat(), None));
        }
        MasterKeySetting::File(path) => (path.clone(), read(path)?),
        MasterKeySetting::InDataDir => {
            let path = settings.data_dir.join(FILE);
            let keys = in_data_dir(&path, &settings.database)?;
            (path, keys)
        }
    };
    let first = [&keys.all()[..], &also].concat();
    let again: ReadKeys = Arc::new(move || {
        let keys = read(&path).map_err(|error| error.to_string())?;
        Ok([&keys.all()[..], &also].concat())
    });
    Ok(MasterKey::of(first, Some(again)))
}

/// The file that the key is in, where it is in one.
pub(super) fn file(settings: &Settings) -> Option<PathBuf> {
    match &settings.master_key {
        MasterKeySetting::Inline(_) => None,
        MasterKeySetting::File(path) => Some(path.clone()),
        MasterKeySetting::InDataDir => Some(settings.data_dir.join(FILE)),
    }
}

fn in_data_dir(path: &Path, database: &DatabaseUrl) -> Result<Keys, StartError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Keys::parse(path, &text),
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
fn make(path: &Path) -> Result<(), StartError> {
    let key = random_bytes::<32>().map_err(Error::from)?;
    let written = write_once(path, STANDARD.encode(key).as_bytes());
    written.map_err(StartError::io(format!("cannot write {}", path.display())))
}

/// Writes a file whole or not at all, and never over one that is there.
fn write_once(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let aside = write_aside(path, bytes)?;
    let linked = std::fs::hard_link(&aside, path);
    std::fs::remove_file(&aside)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => settle(path),
    }
}

/// Writes a file in the place of another: whoever reads it has the one or the other, whole.
fn write_over(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let aside = write_aside(path, bytes)?;
    std::fs::rename(&aside, path)?;
    settle(path)
}

fn write_aside(path: &Path, bytes: &[u8]) -> std::io::Result<PathBuf> {
    let name = path.file_name().unwrap_or(OsStr::new(FILE)).to_string_lossy();
    let aside = folder(path).join(format!("{name}.{}", std::process::id()));
    let mut file =
        File::options().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(aside)
}

fn settle(path: &Path) -> std::io::Result<()> {
    File::open(folder(path))?.sync_all()
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What a key file holds: the key on its first line, and further lines `next:KEY` and `previous:KEY` of
/// keys that open, too, while one is replaced by another.
#[derive(Clone)]
pub(super) struct Keys {
    pub current: [u8; 32],
    pub next: Option<[u8; 32]>,
    pub previous: Option<[u8; 32]>,
}

impl Keys {
    fn all(&self) -> Vec<[u8; 32]> {
        [Some(self.current), self.next, self.previous].into_iter().flatten().collect()
    }

    fn parse(path: &Path, text: &str) -> Result<Self, StartError> {
        let wrong = || {
            let path = path.display();
            StartError::MasterKey(format!(
                "{path} does not hold 32 bytes in base64, or lines `next:` and `previous:` with as many \
                 below them"
            ))
        };
        let key = |text: &str| -> Result<[u8; 32], StartError> {
            let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
            bytes.ok_or_else(wrong)
        };
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let current = key(lines.next().unwrap_or_default())?;
        let mut keys = Self { current, next: None, previous: None };
        for line in lines {
            match line.split_once(':') {
                Some(("next", text)) if keys.next.is_none() => keys.next = Some(key(text)?),
                Some(("previous", text)) if keys.previous.is_none() => {
                    keys.previous = Some(key(text)?);
                }
                _ => return Err(wrong()),
            }
        }
        Ok(keys)
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), StartError> {
        let others = [("next:", self.next), ("previous:", self.previous)];
        let others = others.into_iter().filter_map(|(name, key)| Some((name, key?)));
        let lines = std::iter::once(("", self.current)).chain(others);
        let lines: Vec<String> =
            lines.map(|(name, key)| format!("{name}{}\n", STANDARD.encode(key))).collect();
        let written = write_over(path, lines.concat().as_bytes());
        written.map_err(StartError::io(format!("cannot write {}", path.display())))
    }
}

pub(super) fn read(path: &Path) -> Result<Keys, StartError> {
    let what = format!("cannot read the master key {}", path.display());
    Keys::parse(path, &std::fs::read_to_string(path).map_err(StartError::io(what))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_keys_is_read_as_it_was_written_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for (next, previous) in [
            (None, None),
            (Some([2; 32]), None),
            (None, Some([3; 32])),
            (Some([2; 32]), Some([3; 32])),
        ] {
            Keys { current: [1; 32], next, previous }.write(&path).unwrap();
            let found = read(&path).unwrap();
            assert_eq!((found.current, found.next, found.previous), ([1; 32], next, previous));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left aside");
        let key = STANDARD.encode([1; 32]);
        for wrong in [
            String::new(),
            "hush".to_owned(),
            format!("{key}\n{key}"),
            format!("{key}\nnext:hush"),
            format!("{key}\nnext:{key}\nnext:{key}"),
            format!("next:{key}"),
        ] {
            let error = Keys::parse(&path, &wrong).err().unwrap().to_string();
            assert!(error.contains("does not hold 32 bytes"), "{error}");
            assert!(!error.contains(&key) && !error.contains("hush"), "{error}");
        }
    }
}
