//! `bytestack replay`: a line for each result that says whether it comes out the same, and one for each value
//! that does not. It exits with 0 when all do, and with 1 when not or when it could not compute one.

use std::process::ExitCode;

use clap::Args;

use super::{Failure, out};
use crate::app::{self, Schema};
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::replay::Replay;

/// Values of one result that are told.
const MOST_TOLD: usize = 20;
/// Characters of one of them.
const LONGEST_VALUE: usize = 120;

#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Storage keys, job ids, or query ids for their latest results.
    #[arg(required = true, value_name = "KEY")]
    keys: Vec<String>,
}

/// Computes results again and prints what comes of it.
///
/// # Errors
/// When there is nothing to look at, or it cannot be opened.
pub async fn run(settings: &Settings, args: &ReplayArgs) -> Result<ExitCode, Failure> {
    app::require_database(settings)?;
    let opened = app::open(settings, Clock::system(), "", Schema::MigrateEmpty).await?;
    let mut all_agree = true;
    for key in &args.keys {
        match opened.domain.replay(key).await {
            Ok(replay) => {
                all_agree &= replay.differences.is_empty();
                for line in told(&replay) {
                    out::line(&line)?;
                }
            }
            Err(error) => {
                all_agree = false;
                out::line(&format!("{key}: cannot be computed again: {}", error.message()))?;
            }
        }
    }
    opened.close().await;
    Ok(if all_agree { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn told(replay: &Replay) -> Vec<String> {
    let Replay { object, agreed, differences, added, left_out } = replay;
    let key = &object.key;
    let mut lines = vec![match differences.len() {
        0 => format!("{key}: all {agreed} values agree"),
        count => format!("{key}: {count} of {} values differ", agreed + count as u64),
    }];
    let value = |value: &Option<serde_json::Value>| {
        let text = value.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
        text.chars().take(LONGEST_VALUE).collect::<String>()
    };
    lines.extend(differences.iter().take(MOST_TOLD).map(|one| {
        format!("  {}: stored {}, computed {}", one.at, value(&one.stored), value(&one.computed))
    }));
    if differences.len() > MOST_TOLD {
        lines.push(format!("  and {} more", differences.len() - MOST_TOLD));
    }
    if !added.is_empty() {
        let places = added.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join(", ");
        lines.push(format!("  this version also computes {places}"));
    }
    lines.extend(left_out.iter().map(|left_out| format!("  not computed again: {left_out}")));
    lines
}
