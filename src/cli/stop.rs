//! SIGINT and SIGTERM: the ways to ask a command to end.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The two signals, caught rather than deadly while this lives.
pub struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// # Errors
    /// When the system lets no signal be caught.
    pub fn listen() -> std::io::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for either; answers the exit code that shells know it by.
    pub async fn wait(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }
}
