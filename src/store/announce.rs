//! Telling the other nodes of one PostgreSQL what was committed here, and hearing them. One task per
//! node announces, at most once in a few milliseconds and never inside a transaction that writes, as the
//! server takes one lock for all announcements. What is missed is found by polling; behind a pooler
//! there is polling alone.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::entity::event_counter;
use super::reader::Reader;
use super::sql::Binder;
use super::wake::Topic;
use super::{StoreError, Wakes, connect};
use crate::failpoint;
use crate::model::task::TaskKind;

const CHANNEL: &str = "bytestack";
const CANCELS: &str = "cancels";
const SCHEDULES: &str = "schedules";
/// Topics are gathered for this long between two announcements.
const GATHER: Duration = Duration::from_millis(5);
/// How long to wait before listening again after the connection was lost.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);
/// How often the ends of the logs are looked at where nothing is announced.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Keeps this node and the others informed of each other until `stop`. `node` tells this process's
/// announcements from those of others.
pub(super) fn start(
    tasks: &mut JoinSet<()>,
    (url, node): (String, String),
    link: Reader,
    wakes: &Arc<Wakes>,
    stop: &CancellationToken,
) {
    let (announcing, listening) = (Arc::clone(wakes), Arc::clone(wakes));
    let sender = node.clone();
    tasks.spawn(until(stop.clone(), async move { announce(link, announcing, &sender).await }));
    tasks.spawn(until(stop.clone(), async move { listen(&url, listening, &node).await }));
}

/// The same by looking alone.
pub(super) fn start_polling(
    tasks: &mut JoinSet<()>,
    link: Reader,
    wakes: &Arc<Wakes>,
    stop: &CancellationToken,
) {
    tasks.spawn(until(stop.clone(), look(link, Arc::clone(wakes))));
}

async fn until(stop: CancellationToken, work: impl Future<Output = Infallible>) {
    stop.run_until_cancelled(work).await;
}

async fn announce(link: Reader, wakes: Arc<Wakes>, node: &str) -> Infallible {
    loop {
        let topics = wakes.unannounced().await;
        let mut binder = Binder::new(link.get_database_backend());
        let rows = binder.rows(topics.into_iter().map(|topic| [text(node, topic).into()]));
        let sql = format!("SELECT pg_notify('{CHANNEL}', column1) FROM ({rows}) AS topic");
        let told = async {
            failpoint::reach("announce.before_notify").await?;
            Ok::<_, StoreError>(link.execute_raw(binder.statement(sql)).await?)
        };
        if let Err(error) = told.await {
            tracing::warn!(%error, "other nodes were not told of what was committed; they will find it");
        }
        tokio::time::sleep(GATHER).await;
    }
}

async fn listen(url: &str, wakes: Arc<Wakes>, node: &str) -> Infallible {
    loop {
        if let Err(error) = hear(url, &wakes, node).await {
            tracing::warn!(%error, "announcements of other nodes are not heard for now");
        }
        tokio::time::sleep(LISTEN_AGAIN).await;
    }
}

async fn hear(url: &str, wakes: &Wakes, node: &str) -> Result<(), StoreError> {
    let mut listener = connect::listener(url).await?;
    listener.listen(CHANNEL).await.map_err(StoreError::unreachable)?;
    wakes.wake_all();
    while let Some(heard) = listener.try_recv().await.map_err(StoreError::unreachable)? {
        if let Some(topic) = topic(heard.payload(), node) {
            wakes.hear(topic);
        }
    }
    Ok(())
}

fn text(node: &str, topic: Topic) -> String {
    match topic {
        Topic::Queue(kind) => format!("{node} {}", kind.as_str()),
        Topic::Events(workspace) => format!("{node} {workspace}"),
        Topic::Cancels => format!("{node} {CANCELS}"),
        Topic::Schedules => format!("{node} {SCHEDULES}"),
    }
}

/// What another node announced.
fn topic(payload: &str, node: &str) -> Option<Topic> {
    let (sender, topic) = payload.split_once(' ')?;
    if sender == node {
        return None;
    }
    match topic {
        CANCELS => return Some(Topic::Cancels),
        SCHEDULES => return Some(Topic::Schedules),
        _ => {}
    }
    let kind = topic.parse::<TaskKind>().ok().map(Topic::Queue);
    kind.or_else(|| topic.parse().ok().map(Topic::Events))
}

/// Looks at the ends of the logs that somebody follows here.
async fn look(link: Reader, wakes: Arc<Wakes>) -> Infallible {
    let mut seen = HashMap::new();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        match ends(&link, &wakes).await {
            Ok(ends) => {
                let changed = ends.iter().filter(|(id, seq)| seen.get(*id) != Some(*seq));
                let changed = changed.filter_map(|(id, _)| id.parse().ok());
                changed.for_each(|workspace| wakes.hear(Topic::Events(workspace)));
                seen = ends;
            }
            Err(error) => tracing::warn!(%error, "the ends of the logs were not looked at"),
        }
    }
}

async fn ends(link: &Reader, wakes: &Wakes) -> Result<HashMap<String, i64>, DbErr> {
    let watched = wakes.watched();
    if watched.is_empty() {
        return Ok(HashMap::new());
    }
    let watched = watched.iter().map(ToString::to_string);
    let rows = event_counter::Entity::find()
        .filter(event_counter::Column::WorkspaceId.is_in(watched))
        .all(link)
        .await?;
    Ok(rows.into_iter().map(|row| (row.workspace_id, row.seq)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_topic_is_read_as_it_was_announced_and_not_by_its_own_node() {
        let workspace = Clock::system().new_id().unwrap();
        let topics = TaskKind::ALL.map(Topic::Queue).into_iter();
        for sent in topics.chain([Topic::Events(workspace), Topic::Cancels, Topic::Schedules]) {
            assert_eq!(topic(&text("a", sent), "b"), Some(sent));
            assert_eq!(topic(&text("a", sent), "a"), None);
        }
        assert_eq!(topic("a something else", "b"), None);
    }
}
