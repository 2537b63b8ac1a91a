//! Bluesky, Mastodon, Lemmy and Threads.

use serde_json::{Value, json};

use super::{Double, Held, NOW, Reply, Request, instant, second};

pub fn bluesky(double: &Double, request: &Request) -> Reply {
    if request.path == "/xrpc/com.atproto.server.createSession" {
        let body: Value = serde_json::from_slice(&request.seen.body).unwrap();
        let expected = json!({ "identifier": "me.bsky.social", "password": "app-password-4711" });
        if body != expected {
            return error(401, "AuthenticationRequired");
        }
        let body = json!({ "accessJwt": "bluesky-access", "refreshJwt": "r", "did": "did:plc:me", "handle": "me" });
        return Reply::ok("application/json", body.to_string());
    }
    if request.path != "/xrpc/app.bsky.feed.searchPosts" {
        return error(501, "MethodNotImplemented");
    }
    if request.header("authorization") != "Bearer bluesky-access" {
        return error(401, "AuthMissing");
    }
    let size = request.number("limit", 25);
    if !(1..=100).contains(&size) || request.get("sort") != "latest" {
        return error(400, "InvalidRequest");
    }
    let (since, until) = (second(request.get("since")), second(request.get("until")));
    let (total, found) = double.found(&[request.get("q")], since, until - 1);
    let begin = usize::try_from(request.number("cursor", 0)).unwrap();
    let page: Vec<&Held> =
        found.iter().skip(begin).take(usize::try_from(size).unwrap()).copied().collect();
    let mut body = json!({ "hitsTotal": total, "posts": page.iter().map(|held| skeet(held)).collect::<Value>() });
    if begin + page.len() < found.len() {
        body["cursor"] = json!((begin + page.len()).to_string());
    }
    Reply::ok("application/json", body.to_string())
}

fn skeet(held: &Held) -> Value {
    json!({
        "uri": format!("at://did:plc:{}/app.bsky.feed.post/{}", held.author, held.number), "cid": "bafy",
        "author": { "did": format!("did:plc:{}", held.author), "handle": "mira.dev", "displayName": "Mira" },
        "record": { "$type": "app.bsky.feed.post", "text": held.text, "createdAt": instant(held.second), "langs": ["en"] },
        "replyCount": 1, "repostCount": 2, "likeCount": 7, "quoteCount": 0, "indexedAt": instant(held.second + 1),
        "labels": [],
    })
}

pub fn mastodon(double: &Double, request: &Request) -> Reply {
    if request.header("authorization") != "Bearer mastodon-token-4711" {
        let body = json!({ "error": "The access token is invalid" });
        return Reply::status(401, &[("content-type", "application/json")], body.to_string());
    }
    let size = usize::try_from(request.number("limit", 20).min(40)).unwrap();
    let (min, before) = (request.number("min_id", 0), request.number("max_id", i64::MAX));
    if let Some(tag) = request.path.strip_prefix("/api/v1/timelines/tag/") {
        let (_, found) = double.found(&[&format!("#{tag}")], 0, NOW);
        let after = request.number("since_id", 0).max(min);
        let inside = found.into_iter().filter(|held| (after + 1..before).contains(&id(held)));
        let mut listed: Vec<&Held> = inside.collect();
        // Forwards from there, the nearest first.
        let skipped = if min > 0 { listed.len().saturating_sub(size) } else { 0 };
        let page = listed.drain(skipped..).take(size).map(status).collect::<Value>();
        return Reply::ok("application/json", page.to_string());
    }
    if request.path != "/api/v2/search" {
        return Reply::status(404, &[], r#"{"error":"Record not found"}"#);
    }
    assert_eq!(request.get("type"), "statuses");
    // Ids become times here, in whole seconds, of which both are outside.
    let second = |id: i64| (id >> 16) / 1_000;
    let phrase = request.get("q").strip_suffix(" in:public").unwrap();
    let (_, found) = double.found(&[phrase], second(min) + 1, second(before) - 1);
    let offset = usize::try_from(request.number("offset", 0)).unwrap();
    // The index has every other post.
    let indexed = found.into_iter().filter(|held| held.number.is_multiple_of(2));
    let statuses: Value = indexed.skip(offset).take(size).map(status).collect();
    let body = json!({ "accounts": [], "hashtags": [], "statuses": statuses });
    Reply::ok("application/json", body.to_string())
}

/// As instances make them: milliseconds, then 16 bits.
fn id(held: &Held) -> i64 {
    ((held.second * 1_000) << 16) + i64::try_from(held.number % 60_000).unwrap()
}

fn status(held: &Held) -> Value {
    let uri = format!("https://a.example/users/{}/statuses/{}", held.author, held.number);
    json!({
        "id": id(held).to_string(), "uri": uri, "url": format!("https://a.example/@ana/{}", held.number),
        "created_at": instant(held.second), "in_reply_to_id": null, "visibility": "public", "language": "en",
        "spoiler_text": "", "content": format!("<p>{}</p>", held.text), "replies_count": 0, "reblogs_count": 1,
        "favourites_count": 2, "quotes_count": 0, "reblog": null,
        "account": { "id": "109", "username": "ana", "acct": "ana", "display_name": "Ana",
            "url": format!("https://a.example/@{}", held.author) },
    })
}

pub fn lemmy(double: &Double, request: &Request) -> Reply {
    if request.path != "/api/v3/search" {
        return Reply::status(404, &[], r#"{"error":"not_found"}"#);
    }
    let size = request.number("limit", 10);
    if !(1..=50).contains(&size) || request.get("sort") != "New" {
        return Reply::status(400, &[], r#"{"error":"invalid_query"}"#);
    }
    let (_, found) = double.found(&[request.get("q")], 0, NOW);
    let (size, page) =
        (usize::try_from(size).unwrap(), usize::try_from(request.number("page", 1)).unwrap());
    let is_posts = request.get("type_") == "Posts";
    let of_kind = found.into_iter().filter(|held| (held.number.is_multiple_of(2)) == is_posts);
    let views: Vec<Value> = of_kind.skip((page - 1) * size).take(size).map(view).collect();
    let (posts, comments) = if is_posts { (views, vec![]) } else { (vec![], views) };
    let body = json!({ "type_": request.get("type_"), "posts": posts, "comments": comments, "communities": [], "users": [] });
    Reply::ok("application/json", body.to_string())
}

fn view(held: &Held) -> Value {
    let (id, is_post) = (held.number, held.number.is_multiple_of(2));
    let kind = if is_post { "post" } else { "comment" };
    let ap_id = format!("https://lemmy.example/{kind}/{id}");
    // Older servers write no zone.
    let published = instant(held.second).replace('Z', ".000");
    let post = json!({ "id": id, "name": "On it", "body": held.text, "published": published, "ap_id": ap_id,
        "deleted": false, "removed": false });
    let comment = json!({ "id": id, "content": held.text, "published": published, "ap_id": ap_id,
        "deleted": false, "removed": false });
    let counts = if is_post {
        json!({ "score": 12, "comments": 4 })
    } else {
        json!({ "score": 1, "child_count": 0 })
    };
    let mut view = json!({ "post": post, "counts": counts,
        "creator": { "id": held.author, "name": "jo", "display_name": "Jo",
            "actor_id": format!("https://lemmy.example/u/{}", held.author) },
        "community": { "id": 2, "name": "selfhosted", "actor_id": "https://lemmy.example/c/selfhosted" } });
    if !is_post {
        view["comment"] = comment;
    }
    view
}

pub fn threads(double: &Double, request: &Request) -> Reply {
    if request.path != "/v1.0/keyword_search"
        || request.header("authorization") != "Bearer threads-token-4711"
    {
        let body = json!({ "error": { "message": "Invalid OAuth access token", "type": "OAuthException", "code": 190 } });
        return Reply::status(401, &[("content-type", "application/json")], body.to_string());
    }
    assert!(
        (1..=100).contains(&request.number("limit", 25)) && request.get("search_type") == "RECENT"
    );
    let (from, to) = (request.number("since", 0), request.number("until", NOW));
    let (_, found) = double.found(&[request.get("q")], from, to - 1);
    let begin: usize = request.get("after").strip_prefix("at").map_or(0, |at| at.parse().unwrap());
    let size = usize::try_from(request.number("limit", 25)).unwrap();
    let page: Vec<&Held> = found.iter().skip(begin).take(size).copied().collect();
    let post = |held: &&Held| {
        json!({ "id": held.number.to_string(), "text": held.text, "media_type": "TEXT_POST",
            "permalink": format!("https://www.threads.net/@li/post/{}", held.number),
            "timestamp": instant(held.second).replace('Z', "+0000"), "username": format!("li{}", held.author),
            "has_replies": true, "is_quote_post": false, "is_reply": false })
    };
    let mut body = json!({ "data": page.iter().map(post).collect::<Value>() });
    if begin + page.len() < found.len() {
        body["paging"] = json!({ "cursors": { "after": format!("at{}", begin + page.len()) } });
    }
    Reply::ok("application/json", body.to_string())
}

fn error(status: u16, name: &str) -> Reply {
    let body = json!({ "error": name, "message": name });
    Reply::status(status, &[("content-type", "application/json")], body.to_string())
}
