//! GDELT, Telegram and Product Hunt.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Value, json};

use super::{Double, Held, Reply, Request, instant, second};

/// It sees articles every quarter of an hour only.
const QUARTER: i64 = 900;
/// Messages of a channel are numbered by their age.
const FIRST_MESSAGE: i64 = 1_790_000_000;

pub fn gdelt(double: &Double, request: &Request) -> Reply {
    assert_eq!(request.path, "/api/v2/doc/doc");
    let asked = ["mode", "format", "maxrecords", "sort"].map(|name| request.get(name));
    assert_eq!(asked, ["artlist", "json", "250", "datedesc"]);
    let query = request.get("query").trim_matches(['(', ')']);
    if query.trim_matches('"').len() < 3 {
        let said = "The specified phrase is too short.\n";
        return Reply::ok("text/html; charset=utf-8", said);
    }
    let at = |name: &str| {
        let at = NaiveDateTime::parse_from_str(request.get(name), "%Y%m%d%H%M%S").unwrap();
        at.and_utc().timestamp()
    };
    let seen = |held: &Held| held.second - held.second.rem_euclid(QUARTER);
    let posts = double.posts.iter().map(|held| Held { second: seen(held), ..held.clone() });
    let by_tick = Double { posts: posts.collect(), ceiling: double.ceiling };
    let phrases: Vec<&str> = query.split(" OR ").collect();
    let (_, found) = by_tick.found(&phrases, at("startdatetime"), at("enddatetime"));
    if found.is_empty() {
        return Reply::ok("application/json", "{}");
    }
    let articles: Vec<Value> = found
        .iter()
        .map(|held| {
            let seen = DateTime::<Utc>::from_timestamp(held.second, 0).unwrap();
            json!({ "url": format!("https://news.example/{}", held.number), "url_mobile": "",
                "title": held.text, "seendate": seen.format("%Y%m%dT%H%M%SZ").to_string(),
                "socialimage": "", "domain": "news.example", "language": "English", "sourcecountry": "United States" })
        })
        .collect();
    // Its JSON is broken in places.
    let body = json!({ "articles": articles }).to_string().replace("We like", "We\u{1} like\\-");
    Reply::ok("application/json; charset=utf-8", body)
}

pub fn message(held: &Held) -> i64 {
    held.second - FIRST_MESSAGE
}

pub fn telegram(double: &Double, request: &Request) -> Reply {
    assert_eq!(request.path, "/s/acme_news");
    assert!(request.header("accept").starts_with("text/html"));
    let before = request.number("before", i64::MAX);
    let (_, found) = double.found(&[request.get("q")], 0, i64::MAX);
    let older: Vec<&Held> = found.into_iter().filter(|held| message(held) < before).collect();
    let page = older.iter().take(20).rev().map(|held| {
        let (number, at) = (message(held), instant(held.second));
        format!(
            r#"<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="acme_news/{number}">
<div class="tgme_widget_message_user"><a href="https://t.me/acme_news"><i class="tgme_widget_message_user_photo"></i></a></div>
<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" href="https://t.me/acme_news"><span dir="auto">Acme News</span></a></div>
<div class="tgme_widget_message_text js-message_text" dir="auto">{}<br/>more</div>
<div class="tgme_widget_message_footer compact js-message_footer"><span class="tgme_widget_message_views">1.2K</span><a class="tgme_widget_message_date" href="https://t.me/acme_news/{number}"><time datetime="{at}" class="time">08:01</time></a></div></div></div></div>"#,
            held.text
        )
    });
    let messages = page.collect::<Vec<_>>().join("\n");
    let none = r#"<div class="tme_no_messages_found">No posts found</div>"#;
    let last = older.get(19).filter(|_| older.len() > 20).map(|held| message(held));
    let more = last.map(|last| {
        format!(r#"<a href="/s/acme_news?before={last}" class="tme_messages_more js-messages_more" data-before="{last}"></a>"#)
    });
    let more = more.unwrap_or_default();
    let shown = if messages.is_empty() { none } else { &messages };
    let html = format!(
        r#"<!DOCTYPE html><html><head><title>Acme News – Telegram</title></head><body><div class="tgme_channel_info"><div class="tgme_channel_info_header_title">Acme News</div></div><section class="tgme_channel_history js-message_history">{more}{shown}</section></body></html>"#
    );
    Reply::ok("text/html; charset=utf-8", html)
}

pub fn product_hunt(double: &Double, request: &Request) -> Reply {
    if request.path != "/v2/api/graphql"
        || request.header("authorization") != "Bearer producthunt-token-4711"
    {
        let error = json!({ "error": "invalid_oauth_token", "error_description": "Please supply a valid access token." });
        let body = json!({ "data": null, "errors": [error] });
        return Reply::status(401, &[("content-type", "application/json")], body.to_string());
    }
    let asked: Value = serde_json::from_slice(&request.seen.body).unwrap();
    assert!(asked["query"].as_str().unwrap().contains("posts(first: 20"));
    let variables = &asked["variables"];
    let at = |name: &str| second(variables[name].as_str().unwrap());
    // It has no search, and takes neither end.
    let (_, found) = double.found(&[""], at("from") + 1, at("to") - 1);
    let after = variables["after"].as_str().map_or(0, |after| after.parse().unwrap());
    let edges: Vec<Value> = found
        .iter()
        .skip(after)
        .take(20)
        .map(|held| {
            let person = json!({ "id": "0", "username": "[REDACTED]", "name": "[REDACTED]" });
            json!({ "node": { "id": held.number.to_string(), "name": "On it", "tagline": held.text,
                "description": null, "url": format!("https://www.producthunt.com/posts/{}", held.number),
                "createdAt": instant(held.second), "votesCount": 210, "commentsCount": 18, "user": person } })
        })
        .collect();
    let reached = after + edges.len();
    let page = json!({ "endCursor": reached.to_string(), "hasNextPage": reached < found.len() });
    let body = json!({ "data": { "posts": { "pageInfo": page, "edges": edges } } });
    Reply::ok("application/json", body.to_string())
}
