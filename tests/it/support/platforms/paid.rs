//! X: recent search, full archive (not for every account) and counts.

use serde_json::{Value, json};

use super::{Double, Held, NOW, Reply, Request, instant, second};

const WEEK: i64 = 7 * 86_400;

pub fn x(double: &Double, request: &Request) -> Reply {
    if request.header("authorization") != "Bearer x-token-4711" {
        return refused(401, "Unauthorized", "about:blank");
    }
    let (kind, reach) = match request.path.strip_prefix("/2/tweets/").unwrap_or_default() {
        "search/recent" => ("search", "recent"),
        "counts/recent" => ("counts", "recent"),
        "search/all" | "counts/all" => {
            return refused(403, "Client Forbidden", "client-forbidden");
        }
        other => return refused(404, other, "resource-not-found"),
    };
    let query = request.get("query");
    let (from, to) = (second(request.get("start_time")), second(request.get("end_time")));
    let is_invalid = query.chars().count() > 512
        || from < NOW - WEEK
        || to > NOW - 10
        || from >= to
        || reach.is_empty();
    let size = request.number("max_results", 10);
    if is_invalid || kind == "search" && !(10..=100).contains(&size) {
        return refused(400, "Invalid Request", "invalid-request");
    }
    let phrases: Vec<&str> = query.split(" OR ").collect();
    let (total, found) = double.found(&phrases, from, to - 1);
    if kind == "counts" {
        let bucket = json!({ "start": instant(from), "end": instant(to), "tweet_count": total });
        let body = json!({ "data": [bucket], "meta": { "total_tweet_count": total } });
        return Reply::ok("application/json", body.to_string());
    }
    let begin: usize =
        request.get("next_token").strip_prefix("at").map_or(0, |at| at.parse().unwrap());
    let size = usize::try_from(size).unwrap();
    let page: Vec<&Held> = found.iter().skip(begin).take(size).copied().collect();
    let mut meta = json!({ "result_count": page.len() });
    if begin + page.len() < found.len() {
        meta["next_token"] = json!(format!("at{}", begin + page.len()));
    }
    // Without hits there is no `data` at all.
    let mut body = json!({ "meta": meta });
    if !page.is_empty() {
        body["data"] = page.iter().map(|held| post(held)).collect();
        let mut authors: Vec<u64> = page.iter().map(|held| held.author).collect();
        authors.sort_unstable();
        authors.dedup();
        let user = |id: &u64| json!({ "id": id.to_string(), "name": "Dana", "username": format!("user{id}") });
        body["includes"] = json!({ "users": authors.iter().map(user).collect::<Value>() });
    }
    Reply::ok("application/json", body.to_string())
}

fn post(held: &Held) -> Value {
    let id = held.number.to_string();
    json!({
        "id": id, "edit_history_tweet_ids": [id], "author_id": held.author.to_string(),
        "created_at": instant(held.second).replace('Z', ".000Z"), "lang": "en", "text": held.text,
        "public_metrics": { "retweet_count": 3, "reply_count": 2, "like_count": 41, "quote_count": 1,
            "bookmark_count": 4, "impression_count": 5_120 },
    })
}

fn refused(status: u16, title: &str, kind: &str) -> Reply {
    let kind = format!("https://api.x.com/2/problems/{kind}");
    let body = json!({ "title": title, "detail": title, "type": kind, "status": status });
    Reply::status(status, &[("content-type", "application/problem+json")], body.to_string())
}
