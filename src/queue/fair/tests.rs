//! Fairness over whole histories: what waits, runs and ends is made up, the choice is real.

use proptest::prelude::*;

use super::*;
use crate::model::id::TypedId;
use crate::model::task::Priority;

fn workspace(number: u64) -> WorkspaceId {
    WorkspaceId::from_ulid(ulid::Ulid::from_parts(number, 0))
}

fn due(number: u64, weight: u32, cap: Option<u32>, running: u32) -> DueLane {
    let lane = Lane { workspace: workspace(number), priority: Priority::Normal };
    DueLane { lane, running, weight, cap }
}

fn taken(picks: &[Pick]) -> u32 {
    picks.iter().map(|pick| pick.count).sum()
}

/// Starts one task at a time out of endless queues; answers how many each workspace got.
fn shares(fair: &mut Fair, lanes: &[DueLane], starts: u32) -> Vec<u32> {
    let mut shares = vec![0; lanes.len()];
    for _ in 0..starts {
        let picks = fair.pick(lanes, Room { normal: 1, express: 0 });
        let [pick] = picks.as_slice() else { panic!("one place, one pick: {picks:?}") };
        let place = lanes.iter().position(|due| due.lane == pick.lane).unwrap();
        shares[place] += pick.count;
        fair.served(lanes, std::iter::once(pick.lane.workspace));
    }
    shares
}

#[test]
fn starts_are_shared_by_weight() {
    let lanes = [due(1, 1, None, 0), due(2, 3, None, 0), due(3, 1, None, 0)];
    assert_eq!(shares(&mut Fair::default(), &lanes, 500), [100, 300, 100]);
}

#[test]
fn who_was_away_is_next_and_is_owed_nothing() {
    let (busy, quiet) = (due(1, 1, None, 0), due(2, 1, None, 0));
    let mut fair = Fair::default();
    shares(&mut fair, std::slice::from_ref(&busy), 1_000);
    let both = [busy, quiet];
    assert_eq!(shares(&mut fair, &both, 2), [1, 1], "the quiet one is served at once");
    assert_eq!(shares(&mut fair, &both, 100), [50, 50], "and not a thousand times");
}

#[test]
fn of_a_workspace_the_first_priority_goes_first() {
    let mut lanes = vec![due(1, 1, None, 0), due(1, 1, None, 0)];
    lanes[0].lane.priority = Priority::High;
    let picks = Fair::default().pick(&lanes, Room { normal: 5, express: 0 });
    assert_eq!(picks, [Pick { lane: lanes[0].lane, count: 5, cap: None }]);
}

#[test]
fn express_places_are_for_who_runs_nothing() {
    let lanes = [due(1, 1, None, 32), due(2, 1, None, 0), due(3, 1, None, 0)];
    let fair = Fair::default();
    let picks = fair.pick(&lanes, Room { normal: 0, express: 4 });
    let counts: Vec<(WorkspaceId, u32)> =
        picks.iter().map(|pick| (pick.lane.workspace, pick.count)).collect();
    assert_eq!(counts, [(workspace(2), 1), (workspace(3), 1)]);
    assert!(fair.pick(&lanes[..1], Room { normal: 0, express: 4 }).is_empty());
}

proptest! {
    #[test]
    fn a_choice_fills_the_room_and_exceeds_no_cap(
        lanes in prop::collection::vec((1..5_u32, prop::option::of(0..6_u32), 0..6_u32), 0..8),
        normal in 0..40_u32,
        express in 0..5_u32,
    ) {
        let lanes: Vec<DueLane> = (1..)
            .zip(&lanes)
            .map(|(number, (weight, cap, running))| due(number, *weight, *cap, *running))
            .collect();
        let picks = Fair::default().pick(&lanes, Room { normal, express });
        let mut possible = 0_u64;
        for due in &lanes {
            let got = picks.iter().find(|pick| pick.lane == due.lane).map_or(0, |pick| pick.count);
            if let Some(cap) = due.cap {
                prop_assert!(got <= cap.saturating_sub(due.running));
            }
            possible += due.cap.map_or(u64::MAX / 100, |cap| cap.saturating_sub(due.running).into());
        }
        prop_assert!(u64::from(taken(&picks)) >= possible.min(normal.into()));
        prop_assert!(taken(&picks) <= normal + express);
    }

    #[test]
    fn over_a_history_nobody_falls_behind_their_share_by_more_than_a_round(
        weights in prop::collection::vec(1..6_u32, 2..6),
        batches in prop::collection::vec(1..20_u32, 5..40),
    ) {
        let lanes: Vec<DueLane> =
            (1..).zip(&weights).map(|(number, weight)| due(number, *weight, None, 0)).collect();
        let mut fair = Fair::default();
        let (mut got, mut total) = (vec![0_u32; lanes.len()], 0);
        for batch in batches {
            let picks = fair.pick(&lanes, Room { normal: batch, express: 0 });
            for pick in &picks {
                let place = lanes.iter().position(|due| due.lane == pick.lane).unwrap();
                got[place] += pick.count;
                total += pick.count;
                let served = std::iter::repeat_n(pick.lane.workspace, pick.count as usize);
                fair.served(&lanes, served);
            }
            let sum: u32 = weights.iter().sum();
            for (got, weight) in got.iter().zip(&weights) {
                let share = f64::from(total) * f64::from(*weight) / f64::from(sum);
                let round = f64::from(sum);
                prop_assert!((f64::from(*got) - share).abs() <= round, "{got} of {share}");
            }
        }
    }
}
