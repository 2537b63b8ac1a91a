//! Which cells there are: every fail point with everything that can happen there.

use bytestack::failpoint;

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The process is gone.
    Abort,
    /// The step fails, and the process goes on. After a COMMIT it is the answer that gets lost.
    Error,
    /// It hangs until somebody ends the process.
    Kill,
    /// It hangs for longer than a lease and every deadline, then goes on.
    Stall,
}

impl Action {
    const ALL: [Self; 4] = [Self::Abort, Self::Error, Self::Kill, Self::Stall];

    fn rule(self) -> &'static str {
        match self {
            Self::Abort => "abort",
            Self::Error => "error",
            Self::Kill => "stall",
            Self::Stall => "stall:20",
        }
    }
}

/// One cell of the matrix.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub point: &'static str,
    pub action: Action,
    /// Which time the point is reached.
    nth: u32,
}

/// Without this a workload comes to these points never, or not while it lasts.
const ALSO: &[(&str, &str)] = &[
    // A job that outlasts a third of its lease.
    ("writer.before_commit.heartbeat", "runner.after_collect=stall:7"),
    ("writer.after_commit.heartbeat", "runner.after_collect=stall:7"),
    // A run that is to be tried again.
    ("writer.before_commit.give_back", "runner.after_claim=error"),
    ("writer.after_commit.give_back", "runner.after_claim=error"),
];

/// Rare transactions have one point for all: the first makes the workspace, later ones store a dataset and
/// fire the schedule.
const LATER: &[(&str, u32)] = &[("rare.before_commit", 3), ("rare.after_commit", 3)];

/// Reached on PostgreSQL alone, with announcements.
const ANNOUNCED: &str = "announce.before_notify";

/// Not reached by the workload; each has a test of its own.
pub const ELSEWHERE: &[&str] =
    &["deletion.before_blobs", "scrape_logs.before_blobs", "bucket.after_put"];

/// What every run of the tests looks at.
const SAMPLE: &[(&str, Action)] = &[
    ("migration.between_steps", Action::Abort),
    ("node.after_release", Action::Error),
    ("blob.after_rename", Action::Abort),
    ("dataset.before_row", Action::Kill),
    ("schedule.before_commit", Action::Error),
    ("schedule.after_commit", Action::Abort),
    ("writer.before_commit.submit", Action::Kill),
    ("writer.after_commit.submit", Action::Error),
    ("writer.before_commit.run", Action::Abort),
    ("writer.after_commit.run", Action::Error),
    ("writer.after_commit.claim", Action::Abort),
    ("writer.before_commit.finish", Action::Abort),
    ("writer.after_commit.finish", Action::Error),
    ("writer.after_commit.end_attempt", Action::Abort),
    ("announce.before_notify", Action::Kill),
    ("runner.before_finish", Action::Error),
    ("delivery.after_answer", Action::Abort),
];

impl Cell {
    /// The text of the variable.
    pub fn plan(&self) -> String {
        let mut plan = vec![format!("{}={}@{}", self.point, self.action.rule(), self.nth)];
        let also = ALSO.iter().filter(|(point, _)| *point == self.point);
        plan.extend(also.map(|(_, also)| (*also).to_owned()));
        plan.join(",")
    }

    fn is_in_sample(&self) -> bool {
        self.nth == 1 && SAMPLE.contains(&(self.point, self.action))
    }
}

/// All cells, or those that every run looks at.
pub fn cells(is_full: bool, is_announced: bool) -> Vec<Cell> {
    let first = failpoint::ALL.iter().map(|point| (*point, 1));
    let points = first.chain(LATER.iter().copied());
    let points = points.filter(|(point, _)| is_announced || *point != ANNOUNCED);
    let points = points.filter(|(point, _)| !ELSEWHERE.contains(point));
    let all = points.flat_map(|(point, nth)| Action::ALL.map(|action| Cell { point, action, nth }));
    all.filter(|cell| is_full || cell.is_in_sample()).collect()
}

#[test]
fn the_sample_and_the_exceptions_are_points() {
    let named = SAMPLE.iter().map(|(point, _)| point);
    let named = named.chain(ALSO.iter().map(|(point, _)| point));
    for point in
        named.chain(LATER.iter().map(|(point, _)| point)).chain([&ANNOUNCED]).chain(ELSEWHERE)
    {
        assert!(failpoint::ALL.contains(point), "{point}");
    }
}
