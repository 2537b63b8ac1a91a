//! What the command line prints: answers to standard output, everything else to standard error.
//! A reader that has gone away is an error to its writer, not a panic.

use std::io::{self, Write};

/// Writes a line to standard output.
///
/// # Errors
/// When nobody reads it any more.
pub fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Writes bytes to standard output as they are.
///
/// # Errors
/// When nobody reads them any more.
pub fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Writes a line to standard error; nobody reading it is no reason to stop.
pub fn note(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}
