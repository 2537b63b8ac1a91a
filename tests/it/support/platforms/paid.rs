//! X (recent search, full archive, which is not for every account, and counts) and YouTube.

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

pub fn youtube(double: &Double, request: &Request) -> Reply {
    if request.header("x-goog-api-key") != "youtube-key-4711" {
        let body = json!({ "error": { "code": 400, "message": "API key not valid.", "errors": [{ "reason": "keyInvalid" }] } });
        return Reply::status(400, &[("content-type", "application/json")], body.to_string());
    }
    let snippet = |held: &Held, cut: bool| {
        let text = if cut { held.text.replace("all of us", "…") } else { held.text.clone() };
        json!({ "publishedAt": instant(held.second), "channelId": format!("UC{}", held.author), "channelTitle": "DevTube",
            "title": "On it", "description": text })
    };
    if request.path == "/youtube/v3/videos" {
        let ids: Vec<&str> = request.get("id").split(',').collect();
        assert!(ids.len() <= 50, "no more than 50 at once");
        let is_asked = |held: &&Held| ids.contains(&format!("v{}", held.number).as_str());
        let video = |held: &Held| {
            json!({ "id": format!("v{}", held.number), "snippet": snippet(held, false),
                "statistics": { "viewCount": "5400", "likeCount": "120" } })
        };
        let items: Vec<Value> = double.posts.iter().filter(is_asked).map(video).collect();
        return Reply::ok("application/json", json!({ "items": items }).to_string());
    }
    let size = request.number("maxResults", 5);
    let expected = ("/youtube/v3/search", "video", "date");
    assert_eq!((request.path.as_str(), request.get("type"), request.get("order")), expected);
    assert!((0..=50).contains(&size), "no more than 50 at once");
    let (from, to) =
        (second(request.get("publishedAfter")), second(request.get("publishedBefore")));
    let phrases: Vec<&str> = request.get("q").split('|').collect();
    let (_, found) = double.found(&phrases, from, to - 1);
    let begin: usize =
        request.get("pageToken").strip_prefix("at").map_or(0, |at| at.parse().unwrap());
    let page: Vec<&Held> =
        found.iter().skip(begin).take(usize::try_from(size).unwrap()).copied().collect();
    let hit = |held: &&Held| json!({ "id": { "kind": "youtube#video", "videoId": format!("v{}", held.number) }, "snippet": snippet(held, true) });
    // What it says of its total is no count.
    let mut body = json!({ "pageInfo": { "totalResults": 1_000_000, "resultsPerPage": size },
        "items": page.iter().map(hit).collect::<Value>() });
    if begin + page.len() < found.len() {
        body["nextPageToken"] = json!(format!("at{}", begin + page.len()));
    }
    Reply::ok("application/json", body.to_string())
}
