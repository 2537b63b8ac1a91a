//! The kinds of work that the queue hands out.

use std::str::FromStr;

/// What a task is for; each kind has its own workers, so that one never waits behind another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskKind {
    /// Runs the job of the same id.
    Job,
    /// Makes one attempt of the webhook delivery of the same id.
    Webhook,
}

impl TaskKind {
    pub const ALL: [Self; 2] = [Self::Job, Self::Webhook];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Webhook => "webhook",
        }
    }
}

impl FromStr for TaskKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a kind of task"))
    }
}
