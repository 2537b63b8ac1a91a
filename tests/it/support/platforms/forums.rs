//! Reddit, GitHub and Stack Exchange.

use serde_json::{Value, json};

use super::{Double, Held, NOW, Reply, Request, instant, second};

pub fn reddit(double: &Double, request: &Request) -> Reply {
    if request.path == "/api/v1/access_token" {
        let is_known =
            request.header("authorization") == "Basic Y2xpZW50OnJlZGRpdC1zZWNyZXQtNDcxMQ==";
        if !is_known || request.seen.body != b"grant_type=client_credentials" {
            return error(401, &json!({ "message": "Unauthorized", "error": 401 }));
        }
        let body =
            json!({ "access_token": "reddit-access", "token_type": "bearer", "expires_in": 3_600 });
        return Reply::ok("application/json", body.to_string());
    }
    if request.path != "/search" || request.header("authorization") != "Bearer reddit-access" {
        return error(401, &json!({ "message": "Unauthorized", "error": 401 }));
    }
    assert!(request.header("user-agent").starts_with("ByteStack/"), "generic agents are throttled");
    assert_eq!((request.get("sort"), request.get("raw_json")), ("new", "1"));
    let hours = match request.get("t") {
        "hour" => 1,
        "day" => 24,
        "week" => 24 * 7,
        "month" => 24 * 30,
        "year" => 24 * 365,
        _ => 24 * 36_500,
    };
    let phrases: Vec<&str> = request.get("q").split(" OR ").collect();
    let (_, found) = double.found(&phrases, NOW - hours * 3_600, NOW);
    let (size, after) = (request.number("limit", 25).clamp(1, 100), request.get("after"));
    let begin = found.iter().position(|held| format!("t3_{}", held.number) == after);
    let begin = begin.map_or(0, |at| at + 1);
    let page: Vec<&&Held> = found.iter().skip(begin).take(usize::try_from(size).unwrap()).collect();
    let last = page.last().filter(|_| begin + page.len() < found.len());
    let after = last.map(|held| format!("t3_{}", held.number));
    let children: Vec<Value> = page
        .iter()
        .map(|held| {
            let (id, author) = (held.number, held.author);
            json!({ "kind": "t3", "data": {
                "id": id.to_string(), "name": format!("t3_{id}"), "subreddit": "devops", "title": "On it",
                "author": format!("user{author}"), "author_fullname": format!("t2_{author}"),
                "selftext": held.text, "permalink": format!("/r/devops/comments/{id}/on_it/?ref=search"),
                "created_utc": format!("{}.0", held.second).parse::<f64>().unwrap(), "score": -2, "num_comments": 23, "num_crossposts": 1,
                "removed_by_category": null, "crosspost_parent": null, "is_self": true } })
        })
        .collect();
    let body = json!({ "kind": "Listing", "data": { "after": after, "before": null, "children": children } });
    Reply::ok("application/json", body.to_string())
}

pub fn github(double: &Double, request: &Request) -> Reply {
    if request.path != "/search/issues" {
        return error(404, &json!({ "message": "Not Found" }));
    }
    if request.header("authorization") != "Bearer github-token-4711" {
        return error(401, &json!({ "message": "Bad credentials" }));
    }
    let query = request.get("q");
    let invalid = json!({ "message": "Validation Failed", "errors": [{ "resource": "Search", "field": "q" }] });
    let Some((phrase, rest)) = query.rsplit_once(" is:") else { return error(422, &invalid) };
    let Some((kind, created)) = rest.split_once(" created:") else { return error(422, &invalid) };
    let Some((from, to)) = created.split_once("..") else { return error(422, &invalid) };
    if query.chars().count() > 256 || !["issue", "pr"].contains(&kind) {
        return error(422, &invalid);
    }
    let (from, to) = (second(from), second(to));
    // Every third is a pull request.
    let is_kind = |held: &Held| held.number.is_multiple_of(3) == (kind == "pr");
    let of_kind = Double {
        posts: double.posts.iter().filter(|held| is_kind(held)).cloned().collect(),
        ceiling: double.ceiling,
    };
    let (total, found) = of_kind.found(&[phrase], from, to);
    let size = usize::try_from(request.number("per_page", 30).clamp(1, 100)).unwrap();
    let page = usize::try_from(request.number("page", 1)).unwrap();
    if (page - 1) * size >= 1_000 {
        return error(
            422,
            &json!({ "message": "Only the first 1000 search results are available" }),
        );
    }
    let items: Vec<Value> = found
        .iter()
        .skip((page - 1) * size)
        .take(size)
        .map(|held| {
            let id = held.number;
            json!({ "id": id, "node_id": format!("I_{id}"), "number": id, "title": "On it",
                "html_url": format!("https://github.com/o/r/issues/{id}"),
                "repository_url": "https://api.github.com/repos/o/r", "body": held.text,
                "user": { "login": format!("user{}", held.author), "id": held.author, "type": "User" },
                "state": "open", "comments": 4, "created_at": instant(held.second),
                "reactions": { "total_count": 6, "+1": 5 } })
        })
        .collect();
    let body = json!({ "total_count": total, "incomplete_results": false, "items": items });
    Reply::ok("application/json", body.to_string())
}

pub fn stack_exchange(double: &Double, request: &Request) -> Reply {
    if request.path != "/2.3/search/advanced" || request.get("key") != "se-key-4711" {
        let body = json!({ "error_id": 403, "error_name": "access_denied", "error_message": "`key` is not valid" });
        return error(400, &body);
    }
    let expected = ("stackoverflow", "creation", "desc", "withbody");
    let asked =
        (request.get("site"), request.get("sort"), request.get("order"), request.get("filter"));
    assert_eq!(asked, expected);
    let (size, page) = (request.number("pagesize", 30), request.number("page", 1));
    if !(1..=100).contains(&size) || !(1..=25).contains(&page) {
        return error(400, &json!({ "error_id": 400, "error_name": "bad_parameter" }));
    }
    let (from, to) = (request.number("fromdate", 0), request.number("todate", NOW));
    let (size, page) = (usize::try_from(size).unwrap(), usize::try_from(page).unwrap());
    let whole = Double { posts: double.posts.clone(), ceiling: usize::MAX };
    let (total, found) = whole.found(&[request.get("q")], from, to);
    let items: Vec<Value> = found
        .iter()
        .skip((page - 1) * size)
        .take(size)
        .map(|held| {
            let id = held.number;
            json!({ "question_id": id, "link": format!("https://stackoverflow.com/questions/{id}/on-it"),
                "title": "On &quot;it&quot;", "body": format!("<p>{}</p>", held.text), "tags": ["ci"],
                "owner": { "account_id": held.author, "user_id": 1, "display_name": "Sam &amp; I" },
                "is_answered": false, "answer_count": 1, "score": 2, "view_count": 80,
                "creation_date": held.second })
        })
        .collect();
    let body = json!({ "items": items, "has_more": page * size < total, "quota_max": 10_000, "quota_remaining": 9_990 });
    Reply::ok("application/json", body.to_string())
}

fn error(status: u16, body: &Value) -> Reply {
    Reply::status(status, &[("content-type", "application/json")], body.to_string())
}
