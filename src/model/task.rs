//! The kinds of work that the queue hands out.

use std::fmt;
use std::str::FromStr;

use ulid::Ulid;

use super::id::WorkspaceId;

/// What a task is for; each kind has its own workers, so that one never waits behind another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskKind {
    /// Runs the job of the same id.
    Job,
    /// Makes one attempt of the webhook delivery of the same id.
    Webhook,
    /// Makes one attempt to write the result of the delivery of the same id to a bucket.
    Bucket,
}

impl TaskKind {
    pub const ALL: [Self; 3] = [Self::Job, Self::Webhook, Self::Bucket];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Webhook => "webhook",
            Self::Bucket => "bucket",
        }
    }
}

/// Which of a workspace's tasks go first; the later ones wait while there are earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody waits for it: a question just asked, a run asked for by hand.
    High,
    /// It was planned: a schedule's run, a delivery.
    Normal,
    /// Nobody misses it for now: a run over a past range.
    Low,
}

impl Priority {
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}

/// Where a task waits: tasks of one workspace and priority wait in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane {
    pub workspace: WorkspaceId,
    pub priority: Priority,
}

/// When a task was made, in milliseconds since 1970: its id, which ends in a ULID, says so.
pub fn made_at(id: &str) -> Option<i64> {
    let ulid = Ulid::from_string(id.rsplit('_').next()?).ok()?;
    i64::try_from(ulid.timestamp_ms()).ok()
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = match self.priority {
            Priority::High => '0',
            Priority::Normal => '1',
            Priority::Low => '2',
        };
        write!(f, "{}/{digit}", self.workspace)
    }
}

impl FromStr for Lane {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a lane");
        let (workspace, digit) = text.split_once('/').ok_or_else(wrong)?;
        let priority = match digit {
            "0" => Priority::High,
            "1" => Priority::Normal,
            "2" => Priority::Low,
            _ => return Err(wrong()),
        };
        Ok(Self { workspace: workspace.parse().map_err(|_| wrong())?, priority })
    }
}

/// A lane in which something is due, and what a fair choice needs to know of its workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueLane {
    pub lane: Lane,
    /// The workspace's tasks of this kind that are under a lease, of all nodes.
    pub running: u32,
    /// The workspace's share compared with others; at least 1.
    pub weight: u32,
    /// How many of its tasks of this kind may run at once; `None` is no limit of its own.
    pub cap: Option<u32>,
}

impl FromStr for TaskKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a kind of task"))
    }
}
