use std::future::poll_fn;

use futures_util::FutureExt;
use futures_util::stream;

use super::*;
use crate::http::engine::{Answer, SharedAnswer};

/// An operation that has this many results.
fn operation(id: &str, results: usize) -> Operation {
    let answer = SharedAnswer { json: "{}".to_owned(), cursor: String::new() };
    let answer = std::sync::Arc::new(answer);
    let answers = stream::repeat_with(move || Answer::Shared(std::sync::Arc::clone(&answer)));
    Operation::new(id, true, answers.take(results).boxed())
}

/// With one operation that says `next` and `complete`.
fn outgoing(capacity: usize) -> Outgoing {
    let mut outgoing = Outgoing::new(capacity);
    outgoing.start("1", operation("1", 1), None);
    outgoing
}

async fn queue(outgoing: &mut Outgoing) {
    poll_fn(|context| {
        outgoing.queue(context);
        Poll::Ready(())
    })
    .await;
}

fn next(outgoing: &mut Outgoing) -> Option<Utf8Bytes> {
    poll_fn(|context| outgoing.poll_next(context)).now_or_never()
}

#[tokio::test]
async fn an_id_is_free_once_its_last_message_is_taken() {
    for waits in [false, true] {
        let mut outgoing = outgoing(2);
        if waits {
            queue(&mut outgoing).await;
        }
        assert!(next(&mut outgoing).unwrap().contains(r#""next""#));
        assert!(outgoing.has("1"));
        assert!(next(&mut outgoing).unwrap().contains(r#""complete""#));
        assert!(!outgoing.has("1"));
        assert_eq!(next(&mut outgoing), None);
    }
}

#[tokio::test]
async fn what_was_queued_before_a_complete_is_not_sent_after_it() {
    let mut outgoing = outgoing(2);
    queue(&mut outgoing).await;
    assert_eq!(outgoing.events.len(), 2);
    outgoing.stop("1");
    assert_eq!(next(&mut outgoing), None);
    assert!(!outgoing.has("1"));
}

#[tokio::test]
async fn a_full_queue_makes_operations_wait_and_replies_pass_it() {
    let mut outgoing = outgoing(1);
    queue(&mut outgoing).await;
    queue(&mut outgoing).await;
    assert_eq!(outgoing.events.len(), 1);
    outgoing.reply(render::ack());
    assert!(outgoing.is_full());
    assert_eq!(next(&mut outgoing), Some(render::ack()));
    assert!(next(&mut outgoing).unwrap().contains(r#""next""#));
    assert!(next(&mut outgoing).unwrap().contains(r#""complete""#));
}

#[test]
fn operations_take_turns() {
    let mut outgoing = Outgoing::new(1);
    for id in ["a", "b"] {
        outgoing.start(id, operation(id, 9), None);
    }
    let order: Vec<bool> =
        (0..4).map(|_| next(&mut outgoing).unwrap().contains(r#""id":"a""#)).collect();
    assert_eq!(order, [true, false, true, false]);
}
