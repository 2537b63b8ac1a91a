//! Lists in every order, page by page both ways, and narrowed by what they are asked for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{TestApp, TestOptions, question, with};

/// Pseudo-random numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % end
    }
}

/// One list in one order.
struct Listed<'a> {
    app: &'a TestApp,
    list: &'a str,
    /// The field that the order is by.
    key: &'a str,
    order: String,
}

impl Listed<'_> {
    async fn page(&self, arguments: &str) -> Value {
        let Self { app, list, key, order } = self;
        let query = format!(
            "{{ {list}({arguments}, orderBy: {order}) {{ nodes {{ id key: {key} }} pageInfo {{ startCursor
             endCursor hasNextPage hasPreviousPage }} totalCount }} }}"
        );
        app.graphql(&query, json!({})).await[list].clone()
    }

    /// All nodes in one page, which must be in order.
    async fn whole(&self, ascending: bool) -> Vec<Value> {
        let page = self.page("first: 100").await;
        let nodes = page["nodes"].as_array().unwrap().clone();
        assert_eq!(page["totalCount"], nodes.len());
        let place = |node: &Value| {
            let number = node["key"].as_u64().unwrap_or_default();
            let text = node["key"].as_str().unwrap_or_default().to_owned();
            (number, text, node["id"].as_str().unwrap().to_owned())
        };
        let mut sorted: Vec<_> = nodes.iter().map(place).collect();
        sorted.sort();
        if !ascending {
            sorted.reverse();
        }
        assert_eq!(nodes.iter().map(place).collect::<Vec<_>>(), sorted, "{}", self.order);
        nodes
    }

    /// All nodes in pages of random sizes, from the beginning or from the end.
    async fn paged(&self, from_end: bool, dice: &mut Dice) -> Vec<Value> {
        let (count, place, cursor, goes_on) = if from_end {
            ("last", "before", "startCursor", "hasPreviousPage")
        } else {
            ("first", "after", "endCursor", "hasNextPage")
        };
        let (mut nodes, mut at) = (Vec::new(), Value::Null);
        loop {
            let page = self.page(&format!("{count}: {}, {place}: {at}", 1 + dice.below(5))).await;
            let part = page["nodes"].as_array().unwrap().clone();
            nodes = if from_end { [part, nodes].concat() } else { [nodes, part].concat() };
            if page["pageInfo"][goes_on] == false {
                return nodes;
            }
            at = page["pageInfo"][cursor].clone();
        }
    }
}

/// Queries with names and times of which some are alike, some of them run.
async fn filled() -> TestApp {
    let app = TestApp::with_posts(TestOptions::default()).await;
    let names = [Some("beta"), None, Some("Alpha"), Some("beta"), Some(""), Some("über 100 %_x")];
    for number in 0..14 {
        let name = names[number % names.len()].filter(|name| !name.is_empty());
        let input = json!({ "name": name, "run": number % 2 == 0 });
        app.ask(with(question(), input)).await;
        if number % 3 == 0 {
            app.clock.advance(1_000);
        }
    }
    app.running().idle().await.unwrap();
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_any_size_are_the_list_in_every_order_and_both_ways() {
    let app = filled().await;
    let orders = [
        ("queries", "CREATED_AT", "createdAt"),
        ("queries", "UPDATED_AT", "updatedAt"),
        ("queries", "NAME", "name"),
        ("jobs", "CREATED_AT", "createdAt"),
        ("storageObjects", "CREATED_AT", "createdAt"),
        ("storageObjects", "SIZE_BYTES", "sizeBytes"),
    ];
    let mut dice = Dice(17);
    for (list, field, key) in orders {
        for direction in ["ASC", "DESC"] {
            let order = format!("{{ field: {field}, direction: {direction} }}");
            let listed = Listed { app: &app, list, key, order };
            let whole = listed.whole(direction == "ASC").await;
            let wanted = if list == "queries" { 14 } else { 7 };
            assert_eq!(whole.len(), wanted);
            for from_end in [false, true, false, true] {
                let paged = listed.paged(from_end, &mut dice).await;
                assert_eq!(paged, whole, "{list} {field} {direction}, from the end: {from_end}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_order_is_refused() {
    let app = filled().await;
    let list = "query ($after: String, $field: QueryOrderField!) {
        queries(first: 3, after: $after, orderBy: { field: $field, direction: ASC }) {
        pageInfo { endCursor } } }";
    let fields = ["CREATED_AT", "UPDATED_AT", "NAME"];
    for of in fields {
        let page = app.graphql(list, json!({ "field": of })).await;
        let cursor = &page["queries"]["pageInfo"]["endCursor"];
        for with in fields {
            let variables = json!({ "field": with, "after": cursor });
            let answer = app.try_graphql(&app.key, list, variables).await;
            let code = &answer["errors"][0]["extensions"]["code"];
            let refused = if of == with { Value::Null } else { json!("BAD_USER_INPUT") };
            assert_eq!(*code, refused, "{cursor} in the order of {with}: {answer:#}");
        }
    }
    for wrong in ["name:x:qry_1", "name:xZZ:qry_1", "name:7", "updated_at:x61:", "a:b:c:d"] {
        let variables = json!({ "field": "NAME", "after": wrong });
        let answer = app.try_graphql(&app.key, list, variables).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{wrong}");
    }
}

/// The names of the queries, or ids of other things, that fit.
async fn fitting(app: &TestApp, list: &str, filter: &str, field: &str) -> Vec<Value> {
    let query =
        format!("{{ {list}(first: 100, filter: {filter}) {{ nodes {{ {field} }} totalCount }} }}");
    let answer = app.graphql(&query, json!({})).await;
    let nodes = answer[list]["nodes"].as_array().unwrap();
    assert_eq!(answer[list]["totalCount"], nodes.len(), "{filter}");
    nodes.iter().map(|node| node[field].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_have_what_fits_and_nothing_else() {
    let app = filled().await;
    let names = async |filter: &str| -> BTreeSet<String> {
        let names = fitting(&app, "queries", filter, "name").await;
        names.iter().map(|name| name.as_str().unwrap_or("-").to_owned()).collect()
    };
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let cases: &[(&str, &[&str])] = &[
        (r#"{ search: "ALPHA" }"#, &["Alpha"]),
        (r#"{ search: "eT" }"#, &["beta"]),
        (r#"{ search: "100 %_" }"#, &["über 100 %_x"]),
        (r#"{ search: "%" }"#, &["über 100 %_x"]),
        (r#"{ search: "\\" }"#, &[]),
        (r#"{ search: "acme" }"#, &["-", "Alpha", "beta", "über 100 %_x"]),
        (r#"{ sources: ["dataset:posts", "x"] }"#, &["-", "Alpha", "beta", "über 100 %_x"]),
        (r#"{ sources: ["dataset:post"] }"#, &[]),
        ("{ scheduled: true }", &[]),
        ("{ scheduled: false }", &["-", "Alpha", "beta", "über 100 %_x"]),
        (r#"{ createdAfter: "2026-11-23T17:30:04Z" }"#, &["-"]),
        (r#"{ createdBefore: "2026-11-23T17:30:00Z" }"#, &[]),
        (r#"{ search: "beta", createdBefore: "2026-11-23T17:30:01Z" }"#, &["beta"]),
    ];
    for (filter, wanted) in cases {
        let wanted: BTreeSet<String> = set(wanted);
        assert_eq!(names(filter).await, wanted, "{filter}");
    }
    let query = fitting(&app, "queries", r#"{ search: "Alpha" }"#, "id").await[0].clone();
    let schedule = "mutation ($id: ID!) { scheduleQuery(input: { queryId: $id, schedule: { interval: DAILY } }) {
        userErrors { message } } }";
    app.graphql(schedule, json!({ "id": query })).await;
    assert_eq!(fitting(&app, "queries", "{ scheduled: true }", "id").await, [query]);

    assert_eq!(fitting(&app, "jobs", "{ triggers: [SUBMITTED] }", "id").await.len(), 7);
    assert_eq!(fitting(&app, "jobs", "{ triggers: [RETRY, BACKFILL] }", "id").await.len(), 0);
    let early = r#"{ createdBefore: "2026-11-23T17:30:01Z" }"#;
    assert_eq!(fitting(&app, "jobs", early, "id").await.len(), 1);
    assert_eq!(fitting(&app, "storageObjects", "{ search: \"QRY_\" }", "id").await.len(), 7);
    let keys = fitting(&app, "storageObjects", "{ search: \".json\" }", "key").await;
    let one = format!("{{ search: {} }}", keys[3]);
    assert_eq!(fitting(&app, "storageObjects", &one, "key").await, [keys[3].clone()]);
    let job = fitting(&app, "jobs", "{ statuses: [COMPLETED] }", "id").await[2].clone();
    let of_job = format!("{{ jobId: {job} }}");
    assert_eq!(fitting(&app, "storageObjects", &of_job, "id").await.len(), 1);
}
