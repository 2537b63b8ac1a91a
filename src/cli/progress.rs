//! What happens meanwhile, on standard error: drawn on a terminal, left out or told in plain lines
//! elsewhere.

use std::time::Duration;

use indicatif::ProgressBar;

const TICK: Duration = Duration::from_millis(80);

/// Something that takes a moment, drawn on a terminal only; it leaves nothing behind.
pub struct Spinner(ProgressBar);

impl Spinner {
    pub fn start(text: &str) -> Self {
        let bar = ProgressBar::new_spinner().with_message(text.to_owned());
        bar.enable_steady_tick(TICK);
        Self(bar)
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
