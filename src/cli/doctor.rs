//! `bytestack doctor`: a line for each finding as it is found, a line for each check, and a last one
//! that sums up. It exits with 0 when every promise is kept, and with 1 when not or when it could not look.

use std::process::ExitCode;

use super::{Failure, out};
use crate::app;
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::doctor::Said;

/// Checks everything and prints what is wrong.
///
/// # Errors
/// When there is nothing to look at, or it cannot be opened.
pub async fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let doctor = app::look(settings, Clock::system()).await?;
    // The exit code is the answer; that nobody reads the lines does not change it.
    let findings = doctor.examine(|said| drop(out::line(&told(&said)))).await;
    doctor.close().await;
    if findings == 0 {
        out::line("every promise is kept")?;
        return Ok(ExitCode::SUCCESS);
    }
    out::line(&counted(findings))?;
    Ok(ExitCode::FAILURE)
}

fn told(said: &Said) -> String {
    match said {
        // A text of somebody else may be in it; a finding is one line all the same.
        Said::Found(finding) => finding.to_string().replace('\n', " "),
        Said::Checked { check, looked_at, findings } => {
            let (name, promise) = (check.name, check.promise);
            let outcome = if *findings == 0 { "ok".to_owned() } else { counted(*findings) };
            format!("{name:<10}  {outcome}, {looked_at} looked at: {promise}")
        }
    }
}

fn counted(findings: u64) -> String {
    if findings == 1 { "1 finding".to_owned() } else { format!("{findings} findings") }
}
