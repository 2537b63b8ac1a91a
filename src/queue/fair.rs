//! Which lanes a worker takes from: each workspace gets starts in proportion to its weight, whatever the
//! others have waiting, and never more at once than its cap. Start-time fair queueing: every start moves a
//! workspace's clock by one over its weight, and the one whose clock is least is next. One that was idle
//! begins where the others are, so it neither owes nor is owed for the time it was away.

use std::collections::{BTreeMap, HashMap};

use crate::model::id::WorkspaceId;
use crate::model::task::{DueLane, Lane};
use crate::store::Pick;

/// How many tasks can be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// For any workspace.
    pub normal: u32,
    /// Only for workspaces that run nothing, one each: who asks seldom does not wait for the long runs of
    /// who asks much.
    pub express: u32,
}

/// What one worker remembers of whom it served.
#[derive(Debug, Default)]
pub struct Fair {
    clocks: HashMap<WorkspaceId, f64>,
    /// The least clock of those that had something due at the last choice.
    now: f64,
}

/// What one workspace may still get in one choice.
struct Candidate {
    lane: Lane,
    weight: f64,
    cap: Option<u32>,
    running: u32,
    room: u32,
    clock: f64,
    taken: u32,
}

impl Fair {
    /// Chooses from lanes sorted by workspace and priority. Only the first lane of a workspace is
    /// picked: what has a lower priority waits until that one is empty.
    pub fn pick(&self, due: &[DueLane], room: Room) -> Vec<Pick> {
        let mut candidates = self.candidates(due);
        for _ in 0..room.normal {
            if !take_next(&mut candidates, |candidate| candidate.taken < candidate.room) {
                break;
            }
        }
        for _ in 0..room.express {
            let is_quiet = |candidate: &Candidate| {
                candidate.running == 0 && candidate.taken == 0 && candidate.room > 0
            };
            if !take_next(&mut candidates, is_quiet) {
                break;
            }
        }
        let picked = candidates.into_values().filter(|candidate| candidate.taken > 0);
        picked.map(|Candidate { lane, taken, cap, .. }| Pick { lane, count: taken, cap }).collect()
    }

    /// Remembers what was claimed, which may be less than was picked.
    pub fn served(&mut self, due: &[DueLane], claimed: impl Iterator<Item = WorkspaceId>) {
        let weights: HashMap<WorkspaceId, u32> =
            due.iter().map(|due| (due.lane.workspace, due.weight)).collect();
        for workspace in claimed {
            let weight = weights.get(&workspace).copied().unwrap_or(1).max(1);
            let clock = self.clock(workspace);
            self.clocks.insert(workspace, clock + 1.0 / f64::from(weight));
        }
        // Where the last of those with work stands is where everybody else begins.
        let last = weights.keys().map(|workspace| self.clock(*workspace)).min_by(f64::total_cmp);
        let now = last.map_or(self.now, |last| last.max(self.now));
        self.now = now;
        self.clocks.retain(|_, clock| *clock > now);
    }

    fn clock(&self, workspace: WorkspaceId) -> f64 {
        self.clocks.get(&workspace).copied().unwrap_or(self.now).max(self.now)
    }

    fn candidates(&self, due: &[DueLane]) -> BTreeMap<WorkspaceId, Candidate> {
        let mut candidates = BTreeMap::new();
        for due in due {
            let workspace = due.lane.workspace;
            candidates.entry(workspace).or_insert_with(|| Candidate {
                lane: due.lane,
                weight: f64::from(due.weight.max(1)),
                cap: due.cap,
                running: due.running,
                room: due.cap.map_or(u32::MAX, |cap| cap.saturating_sub(due.running)),
                clock: self.clock(workspace),
                taken: 0,
            });
        }
        candidates
    }
}

/// Gives one start to the candidate that is next among those that qualify.
fn take_next(
    candidates: &mut BTreeMap<WorkspaceId, Candidate>,
    qualifies: impl Fn(&Candidate) -> bool,
) -> bool {
    let qualified = candidates.values_mut().filter(|candidate| qualifies(candidate));
    let Some(next) = qualified.min_by(|one, other| one.clock.total_cmp(&other.clock)) else {
        return false;
    };
    next.taken += 1;
    next.clock += 1.0 / next.weight;
    true
}

#[cfg(test)]
mod tests;
