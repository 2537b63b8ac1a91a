//! What an answer assumes, told from the reading alone. What cannot be answered at all is in [`super::missing()`].

use crate::model::reading::{GroupBy, Intent, Reading, SortBy};

use super::buckets::Unit;
use super::plan::{MOST_LISTED, Plan, is_group};
use super::{feelings, question, summary};

/// `unit` is what the series was asked by, before the plan fitted it to the window.
pub(super) fn of(reading: &Reading, plan: &Plan, unit: Option<Unit>) -> Vec<String> {
    let mut said = Vec::new();
    let mut say = |is_so: bool, what: &str| {
        if is_so {
            said.push(what.to_owned());
        }
    };
    say(plan.feels(&reading.filters), feelings::HOW);
    say(plan.intent == Intent::Summary, summary::HOW);
    say(plan.asks() || reading.filters.is_question.is_some(), question::HOW);
    say(
        plan.group == Some(GroupBy::Term) || plan.keeps_terms && plan.intent != Intent::Spike,
        "where one term contains another, the longer one has the place: it is no mention of the shorter",
    );
    let by_part = matches!(
        plan.sort,
        Some((SortBy::Likes | SortBy::Views | SortBy::Replies | SortBy::Shares, _))
    );
    say(
        by_part && plan.intent == Intent::TopAuthors,
        "authors are ranked by likes, replies and shares together",
    );
    let posts = reading.limit.and_then(|limit| usize::try_from(limit).ok());
    if plan.posts > 0 && posts.is_some_and(|posts| posts > MOST_LISTED) {
        said.push(format!("no more than {MOST_LISTED} posts are listed; all are counted"));
    }
    if let (Some(unit), Some(fitting)) = (unit, plan.unit)
        && unit != fitting
    {
        let (unit, fitting) = (unit.name(), fitting.name());
        said.push(format!(
            "the window is too long to be shown by the {unit}: it is shown by the {fitting}"
        ));
    }
    let used = [plan.group, plan.inner];
    let is_unused = |group: &&GroupBy| {
        let group = **group;
        is_group(group) && !used.contains(&Some(group)) && !is_said_anyway(plan, group)
    };
    for group in reading.group_by.iter().filter(is_unused) {
        let name = serde_json::to_value(group).unwrap_or_default();
        let name = name.as_str().unwrap_or_default();
        said.push(format!("the figures are not told apart by {name} as well"));
    }
    said
}

/// Groups that the intent or the count shows by itself.
fn is_said_anyway(plan: &Plan, group: GroupBy) -> bool {
    match group {
        GroupBy::Source => true,
        GroupBy::Term => matches!(plan.intent, Intent::Compare | Intent::ShareOfVoice),
        GroupBy::Author => plan.intent == Intent::TopAuthors,
        GroupBy::Keyword => plan.intent == Intent::Keywords,
        GroupBy::Hashtag => plan.intent == Intent::Hashtags,
        _ => false,
    }
}
