//! What the command line prints: answers to standard output, everything else to standard error.
//! A reader that has gone away is an error to its writer, not a panic. Lines may hold what strangers
//! wrote, so nothing in them moves a terminal's cursor or changes its colours.

use std::io::{self, Write};

/// Writes a line to standard output.
///
/// # Errors
/// When nobody reads it any more.
pub fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", harmless(text))?;
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
    drop(writeln!(io::stderr().lock(), "{}", harmless(text)));
}

/// The text without control characters but for the ends of lines.
pub fn harmless(text: &str) -> String {
    text.chars().filter(|character| *character == '\n' || !character.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_would_steer_a_terminal_is_left_out() {
        assert_eq!(harmless("a\u{1b}[31mb\rc\u{9b}2J\u{7}\nd é 靴"), "a[31mbc2J\nd é 靴");
    }
}
