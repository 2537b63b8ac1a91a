//! Another master key in the place of the one that is used, while the service runs. Both are known from
//! before anything is sealed with the new one until after everything is, so that a crash at any point leaves
//! nothing that cannot be opened: the command is run again and goes on.

use std::fs::{File, TryLockError};

use super::master_key::{self, Keys};
use super::{Schema, StartError, open};
use crate::clock::{Clock, random_bytes};
use crate::config::{DatabaseUrl, Settings};
use crate::error::Error;

/// Passes over everything that is sealed: values that are written meanwhile are found by the next one.
const PASSES: usize = 10;

/// How a key is to be replaced.
#[derive(Clone, Copy, Debug, Default)]
pub struct RotationArgs {
    /// Only make the new key known, so that its file can be copied to other nodes first.
    pub prepare: bool,
    /// No other node shares the database.
    pub alone: bool,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// A new key is in the file, to be used from the next run on.
    Prepared,
    /// Everything is sealed with the new key; so many values were not before.
    Done { changed: u64 },
}

/// Replaces the master key that the settings name.
///
/// # Errors
/// When it is not known which key is the new one, or something is sealed that no key opens.
pub async fn rotate(settings: &Settings, args: RotationArgs) -> Result<Rotated, StartError> {
    let _turn = take_turn(settings)?;
    let opened = open(settings, Clock::system(), "", Schema::MigrateEmpty).await?;
    let done = rotate_opened(settings, &opened, args).await;
    opened.close().await;
    done
}

async fn rotate_opened(
    settings: &Settings,
    opened: &super::Opened,
    args: RotationArgs,
) -> Result<Rotated, StartError> {
    let is_all_current = opened.store.is_all_current().await?;
    match master_key::file(settings) {
        Some(path) => {
            let keys = master_key::read(&path)?;
            // Of a run that did not come to its end everything else is done already.
            let next = keys.next.filter(|_| !args.prepare);
            if is_all_current || next.is_some() {
                let is_shared = matches!(settings.database, DatabaseUrl::Postgres(_));
                let known = if next.is_none() { new_key()? } else { keys.current };
                let keys = match next {
                    Some(next) => Keys { current: next, next: None, previous: Some(known) },
                    None if args.prepare && keys.next.is_some() => return Ok(Rotated::Prepared),
                    None if args.prepare => Keys { next: Some(known), ..keys },
                    None if is_shared && !args.alone => return Err(is_not_alone()),
                    None => Keys { current: known, next: None, previous: Some(keys.current) },
                };
                keys.write(&path)?;
                if args.prepare {
                    return Ok(Rotated::Prepared);
                }
            }
        }
        None if is_all_current => return Err(no_new_key()),
        None => {}
    }
    reseal(opened).await
}

async fn reseal(opened: &super::Opened) -> Result<Rotated, StartError> {
    let mut changed = 0;
    for _ in 0..PASSES {
        let pass = opened.store.reseal().await?;
        changed += pass.changed;
        if pass.unreadable > 0 {
            let count = pass.unreadable;
            return Err(StartError::MasterKey(format!(
                "{count} values are sealed that no known key opens; `bytestack doctor` names them. All \
                 others are sealed with the new key; keep the old one"
            )));
        }
        if pass.changed == 0 {
            return Ok(Rotated::Done { changed });
        }
    }
    let message =
        "values are sealed with the old key all the time: does every node know the new one?";
    Err(StartError::MasterKey(message.to_owned()))
}

fn new_key() -> Result<[u8; 32], StartError> {
    Ok(random_bytes::<32>().map_err(Error::from)?)
}

/// One at a time: two that each made a key would leave what one of them sealed without its own.
fn take_turn(settings: &Settings) -> Result<File, StartError> {
    let path = settings.data_dir.join("rotation_lock");
    let failed = |what: &str| StartError::io(format!("cannot {what} {}", path.display()));
    std::fs::create_dir_all(&settings.data_dir).map_err(failed("make"))?;
    let file = File::options().write(true).create(true).truncate(false).open(&path);
    let file = file.map_err(failed("open"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let message = "another `rotate-master-key` runs on this data directory";
            Err(StartError::MasterKey(message.to_owned()))
        }
        Err(TryLockError::Error(error)) => Err(failed("lock")(error)),
    }
}

fn is_not_alone() -> StartError {
    StartError::MasterKey(
        "other nodes may share this database and must know the new key first: run `rotate-master-key \
         --prepare`, copy the key file to every node, then run `rotate-master-key`; or, if this is the only \
         node, `rotate-master-key --alone`"
            .to_owned(),
    )
}

fn no_new_key() -> StartError {
    StartError::MasterKey(
        "everything is sealed with the key that is given; to replace it, give the new one in \
         BYTESTACK_MASTER_KEY and this one in BYTESTACK_MASTER_KEY_PREVIOUS, to every node, then run \
         this again"
            .to_owned(),
    )
}
