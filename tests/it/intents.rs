//! Every kind of question that is computed, asked in plain words over one dataset: the figures and lists that
//! it adds to the count.

use serde_json::{Value, json};

use crate::support::{TestApp, TestOptions};

/// Four posts about Acme, two of which name Globex as well, one about Globex alone, and one before the week.
const POSTS: &str = "\
id,author,published_at,text,likes,lang,kind
1,ann,2026-11-22T10:00:00Z,Acme is great #launch,5,en,post
2,bob,2026-11-22T11:00:00Z,Acme or Globex? #launch #tea,9,en,post
3,ann,2026-11-21T10:00:00Z,globex und acme,2,de,comment
4,cid,2026-11-21T12:00:00Z,What does Acme cost?,,,post
5,dan,2026-11-20T10:00:00Z,only Globex,1,en,post
6,eve,2026-11-10T10:00:00Z,Acme long ago,7,en,post
";

async fn with_dataset() -> TestApp {
    let app = TestApp::with(TestOptions::default()).await;
    let uploaded = app.upload("posts", "text/csv", POSTS.to_owned()).await;
    assert_eq!(uploaded.status, 201, "{:#}", uploaded.json());
    assert_eq!(uploaded.json()["report"]["rejected"], 0, "{:#}", uploaded.json());
    app
}

/// The result of a prompt, once its job is completed.
async fn answered(app: &TestApp, prompt: &str) -> Value {
    let asked = json!({ "prompt": prompt, "sources": ["dataset:posts"] });
    let ended = app.ended(&app.ask(asked).await).await;
    assert_eq!(ended["status"], "COMPLETED", "{prompt}: {ended:#}");
    let key = ended["storageKey"].as_str().unwrap();
    app.get(&format!("/v1/storage/{key}")).await.json()
}

/// Of each row of a list these fields.
fn rows(list: &Value, fields: &[&str]) -> Value {
    let row = |row: &Value| fields.iter().map(|field| row[field].clone()).collect::<Value>();
    list.as_array().unwrap_or_else(|| panic!("{list}")).iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_and_series_add_up_to_the_count() {
    let app = with_dataset().await;
    let trend = answered(&app, "Daily mentions of Acme from 20 to 22 November").await;
    assert_eq!(trend["result"]["total_mentions"], 4);
    let series =
        rows(&trend["result"]["series"], &["start", "mentions", "unique_users", "partial"]);
    assert_eq!(
        series,
        json!([
            ["2026-11-20T00:00:00Z", 0, 0, false],
            ["2026-11-21T00:00:00Z", 2, 2, false],
            ["2026-11-22T00:00:00Z", 2, 2, false],
        ])
    );
    let kinds = answered(&app, "Break down Acme mentions by kind, last 7 days").await;
    let groups = rows(&kinds["result"]["groups"], &["key", "mentions", "share"]);
    assert_eq!(groups, json!([["post", 3, 0.75], ["comment", 1, 0.25]]));
    let languages = answered(&app, "In which languages is Acme discussed? last 7 days").await;
    let codes = rows(&languages["result"]["languages"], &["code", "mentions"]);
    assert_eq!(codes, json!([["en", 2], ["de", 1]]));
    assert_eq!(languages["result"]["undetermined"], 1);
    let table = languages["query_id"].as_str().unwrap().to_owned();
    let table = app.get(&format!("/v1/storage/{table}?format=csv&rows=languages")).await;
    assert_eq!(table.status, 200, "{}", String::from_utf8_lossy(&table.bytes));
    assert!(
        String::from_utf8_lossy(&table.bytes).lines().any(|line| line.starts_with("en,2")),
        "{}",
        String::from_utf8_lossy(&table.bytes)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_compared_has_a_line_each_and_the_overlap() {
    let app = with_dataset().await;
    let share = answered(&app, "Share of voice of Acme vs Globex, last 7 days").await;
    let entities = rows(&share["result"]["entities"], &["name", "mentions", "unique_users"]);
    assert_eq!(entities, json!([["Acme", 4, 3], ["Globex", 3, 3]]));
    assert_eq!([&share["result"]["overlap"], &share["result"]["total_mentions"]], [2, 5]);
    assert_eq!(share["result"]["shares"]["of"], 7);
    let changes =
        answered(&app, "How did mentions of Acme change this month compared with last month?")
            .await;
    let changes = &changes["result"]["changes"];
    assert_eq!([&changes["current"]["mentions"], &changes["previous"]["mentions"]], [5, 0]);
    assert_eq!(changes["pct"]["mentions"], Value::Null, "nothing is no base of a percentage");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_ranked_and_cap_no_figure() {
    let app = with_dataset().await;
    let top = answered(&app, "Top 2 posts about Acme by likes, last 7 days").await;
    let posts = rows(&top["result"]["posts"], &["rank", "id", "metric"]);
    assert_eq!(
        posts,
        json!([
            [1, "2", { "by": "likes", "value": 9 }],
            [2, "1", { "by": "likes", "value": 5 }],
        ])
    );
    assert_eq!(top["result"]["total_mentions"], 4, "the limit caps no figure");
    let authors = answered(&app, "Which 5 authors mention Acme the most? last 7 days").await;
    let authors = &authors["result"]["authors"];
    assert_eq!(authors[0]["author"]["handle"], "ann", "{authors:#}");
    assert_eq!([&authors[0]["mentions"], &authors[1]["mentions"]], [2, 1]);
    let tags = answered(&app, "Top 10 hashtags used with Acme, last 7 days").await;
    let items = rows(&tags["result"]["items"], &["term", "documents"]);
    assert_eq!(items, json!([["#launch", 2], ["#tea", 1]]));
    let asked = answered(&app, "What questions are people asking about Acme? last 7 days").await;
    let questions = rows(&asked["result"]["questions"], &["id"]);
    assert_eq!(questions, json!([["2"], ["4"]]), "{:#}", asked["result"]["questions"]);
    let found = answered(&app, "Has anyone mentioned Acme in the last 7 days?").await;
    assert_eq!(found["result"]["found"], true);
    let listed = answered(&app, "List the posts about Acme excluding comments, last 7 days").await;
    assert_eq!(rows(&listed["result"]["posts"], &["id"]), json!([["2"], ["1"], ["4"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_posts_feel_is_told_of_english_alone() {
    let app = TestApp::with(TestOptions::default()).await;
    let csv = "\
id,author,published_at,text,lang
1,ann,2026-11-22T10:00:00Z,I love Acme and it works great,en
2,bob,2026-11-22T11:00:00Z,Acme is terrible and I hate it,en
3,cid,2026-11-21T10:00:00Z,Acme ist wirklich schrecklich,de
4,dan,2026-11-21T12:00:00Z,I bought the Acme box at the shop,en
5,eve,2026-11-21T13:00:00Z,Globex is awful and broken again,en
";
    app.upload("posts", "text/csv", csv).await;
    let felt = answered(&app, "What is the sentiment around Acme? last 7 days").await;
    let felt = &felt["result"]["sentiment"];
    let third = json!(0.333_333);
    let counts = json!({ "sentiment_score": third, "positive_count": 1, "neutral_count": 1,
        "negative_count": 1, "unknown_count": 1, "n": 3, "net": 0.0 });
    for (field, value) in counts.as_object().unwrap() {
        assert_eq!(&felt[field], value, "{field}: {felt:#}");
    }
    assert_eq!(felt["by_source"]["dataset:posts"], counts);
    assert_eq!(felt["examples"]["negative"], json!(["Acme is terrible and I hate it"]));
    assert_eq!(felt["method"]["name"], "english-lexicon");

    let angry = answered(&app, "List the negative posts about Acme or Globex, last 7 days").await;
    assert_eq!(rows(&angry["result"]["posts"], &["id"]), json!([["2"], ["5"]]), "{angry:#}");
    let left_out = "it cannot be told what they feel (only English is judged): 1";
    assert!(angry["assumptions"].to_string().contains(left_out), "{:#}", angry["assumptions"]);
    let compared =
        answered(&app, "Acme or Globex: who gets more negative talk in the last 7 days?").await;
    let entities = compared["result"]["entities"].as_array().unwrap();
    let negative = |at: usize| entities[at]["sentiment"]["negative_count"].clone();
    assert_eq!([negative(0), negative(1)], [json!(1), json!(1)], "{compared:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_held_against_the_run_before() {
    let app = with_dataset().await;
    let prompt = "What's new about Acme since the last run?";
    let first = answered(&app, prompt).await;
    assert_eq!(first["result"]["changes"]["previous"], Value::Null, "{first:#}");
    app.clock.advance(24 * 3_600_000);
    let later = format!("{POSTS}7,eve,2026-11-24T10:00:00Z,Acme again,1,en,post\n");
    app.upload("posts", "text/csv", later).await;
    let run = "mutation ($id: ID!) { runQuery(input: { queryId: $id }) { job { id } } }";
    app.graphql(run, json!({ "id": first["query_id"] })).await;
    app.running().idle().await.unwrap();
    let query = first["query_id"].as_str().unwrap();
    let second = app.get(&format!("/v1/storage/{query}")).await.json();
    let changes = &second["result"]["changes"];
    assert_eq!([&changes["current"]["mentions"], &changes["previous"]["mentions"]], [1, 4]);
    assert_eq!(rows(&changes["new"], &["id"]), json!([["7"]]));
    assert_eq!(second["window"]["from"], first["window"]["to"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_names_when_to_ask_again_makes_a_schedule() {
    let app = with_dataset().await;
    let asked = json!({ "prompt": "Every Monday at 9am tell me how many people mentioned Acme",
        "sources": ["dataset:posts"] });
    let payload = app.ask(asked).await;
    assert_eq!(payload["job"], Value::Null, "it waits for its schedule");
    let schedule =
        "query ($id: ID!) { query(id: $id) { assumptions schedule { cron nextRunAt } } }";
    let shown = app.graphql(schedule, json!({ "id": payload["query"]["id"] })).await;
    let expected = json!({ "cron": "0 9 * * 1", "nextRunAt": "2026-11-30T09:00:00Z" });
    assert_eq!(shown["query"]["schedule"], expected);
    let said = shown["query"]["assumptions"].to_string();
    assert!(said.contains("it runs by that"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_says_what_was_computed_and_cites_its_posts() {
    let app = with_dataset().await;
    let result = answered(&app, "Summarize what people say about Acme, last 7 days").await;
    let summary = &result["result"]["summary"];
    assert_eq!(summary["method"]["kind"], "extractive");
    let text = summary["text"].as_str().unwrap();
    assert!(text.contains("Acme") && text.contains('4') && text.contains('3'), "{text}");
    let cited: Vec<&Value> = summary["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| &point["cites"][0]["id"])
        .collect();
    assert!(!cited.is_empty(), "{summary:#}");
    assert!(cited.iter().all(|id| *id != "5" && *id != "6"), "{summary:#}");
    assert!(
        result["assumptions"].to_string().contains("extractive"),
        "{:#}",
        result["assumptions"]
    );
    let daily = answered(&app, "Daily sentiment around Acme from 21 to 22 November").await;
    let felt = |at: usize| daily["result"]["series"][at]["sentiment"]["positive_count"].clone();
    assert_eq!([felt(0), felt(1)], [json!(0), json!(1)], "{:#}", daily["result"]["series"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_found_where_posts_say_them() {
    let app = TestApp::with(TestOptions::default()).await;
    let csv = "id,author,published_at,text\n1,ann,2026-11-22T10:00:00Z,Paid $30 for Acme v2.1\n\
               2,bob,2026-11-22T09:00:00Z,Acme is fine\n3,cid,2026-11-22T08:00:00Z,paid $30 for  ACME v2.1\n";
    app.upload("posts", "text/csv", csv).await;
    let prompt = "Extract author, price and version from posts about Acme, last 7 days";
    let result = answered(&app, prompt).await;
    let found = &result["result"]["rows"];
    let fields = rows(found, &["id", "similar"]);
    assert_eq!(fields, json!([["1", 1], ["2", 0]]), "copies are one row: {found:#}");
    assert_eq!(found[0]["fields"]["author"], "ann");
    assert_eq!(found[0]["basis"]["price"]["field"], "text");
    let place = |name: &str| found[0]["basis"]["price"][name].as_u64().unwrap();
    let (start, end) = (place("start"), place("end"));
    let said = "Paid $30 for Acme v2.1".get(start.try_into().unwrap()..end.try_into().unwrap());
    assert!(said.is_some_and(|said| said.contains("30")), "{found:#}");
    assert_eq!(found[1]["fields"]["price"], Value::Null);
    assert_eq!(result["result"]["total_mentions"], 3, "all are counted");
    let nameless = json!({ "intent": "extract", "terms": ["Acme"], "sources": null, "window": null, "limit": null });
    let asked = json!({ "prompt": prompt, "sources": ["dataset:posts"], "reading": nameless });
    let refused = app.try_ask(asked).await;
    assert_eq!(refused["userErrors"][0]["code"], "READING_INVALID", "{refused:#}");
}
