//! The log: one line per fact to standard error, as text for people or JSON for collectors. Fields
//! stand beside the message, and a failure is logged once, where it is handled. Spans are per
//! request and per job, never per GraphQL field; JSON lines carry the fields of the spans around them.

pub mod traces;

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;

/// The log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("the log filter {filter:?} is not usable: {reason}")]
    Filter { filter: String, reason: String },
    #[error("a log is already set up in this process")]
    AlreadySet,
}

/// Sets up the process's log. Once per process; what a library logs by the `log` crate is not shown.
pub fn init(filter: &str, format: LogFormat) -> Result<(), TelemetryError> {
    let env_filter = EnvFilter::try_new(filter).map_err(|error| TelemetryError::Filter {
        filter: filter.to_owned(),
        reason: error.to_string(),
    })?;
    let builder = tracing_subscriber::fmt().with_env_filter(env_filter).with_writer(io::stderr);
    let done = match format {
        LogFormat::Text => {
            let colours = io::IsTerminal::is_terminal(&io::stderr());
            builder.with_ansi(colours).finish().try_init()
        }
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init(),
    };
    done.map_err(|_| TelemetryError::AlreadySet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_cannot_be_read_is_named() {
        let error = init("bytestack=loud", LogFormat::Text).expect_err("loud is no level");
        assert!(error.to_string().contains("\"bytestack=loud\""), "{error}");
    }

    #[test]
    fn a_second_log_is_refused() {
        init("off", LogFormat::Json).expect("the first is set up");
        let second = init("info", LogFormat::Text);
        assert!(matches!(second, Err(TelemetryError::AlreadySet)), "{second:?}");
    }
}
