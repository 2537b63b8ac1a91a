//! An opening that changes nothing: no folder, no key and no database is made, no schema brought up to
//! date, and no lock taken, so that it works beside a running `serve`.

use super::{StartError, blobs, master_key};
use crate::clock::Clock;
use crate::config::{DatabaseUrl, Settings};
use crate::domain::doctor::Doctor;
use crate::store::check::Database;
use crate::store::{Place, Schema};

/// Opens what the settings name for looking alone.
///
/// # Errors
/// When there is no database, it cannot be opened, or the settings ask for what this version does not
/// have.
pub async fn look(settings: &Settings, clock: Clock) -> Result<Doctor, StartError> {
    let blobs = blobs::as_is(settings)?;
    require_database(settings)?;
    let place = match &settings.database {
        DatabaseUrl::Sqlite(path) => Place::Sqlite(path.clone()),
        DatabaseUrl::Postgres(url) => {
            // The schema is only looked at.
            Place::Postgres { url: url.clone(), schema: Schema::MigrateEmpty, poll_only: true }
        }
    };
    // Everything but the secrets can be looked at without it.
    let master_key = master_key::find(settings).map_err(|error| error.to_string());
    let database = Database::open(&place, master_key).await?;
    Ok(Doctor::new(database, blobs, clock))
}

/// Refuses to look at a file that is not there; opening it for a command would make it.
///
/// # Errors
/// When there is no database.
pub fn require_database(settings: &Settings) -> Result<(), StartError> {
    match &settings.database {
        DatabaseUrl::Sqlite(path) if !path.exists() => {
            Err(StartError::NoDatabase(path.display().to_string()))
        }
        _ => Ok(()),
    }
}
