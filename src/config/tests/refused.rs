//! Every way to be refused, and what the message then says.

use super::*;

#[test]
fn half_a_store_key_is_refused() {
    let why = "the store's key has two halves";
    assert_eq!(
        message(&["--s3-access-key-id", "AKIA"], &[]),
        format!(
            "--s3-access-key-id on the command line needs --s3-secret-access-key as well; {why}"
        )
    );
    assert_eq!(
        message(&[], &[("BYTESTACK_S3_SECRET_ACCESS_KEY", "hush")]),
        format!(
            "BYTESTACK_S3_SECRET_ACCESS_KEY in the environment needs BYTESTACK_S3_ACCESS_KEY_ID as well; {why}"
        )
    );
}

#[test]
fn a_refused_value_is_named_with_its_place_and_what_is_accepted() {
    let (_folder, path) = file("workers = 0");
    let cases = [
        (
            message(&[], &[("BYTESTACK_LISTEN", "8000")]),
            "BYTESTACK_LISTEN in the environment is \"8000\"; give an address and a port, such as \
             127.0.0.1:8000 or [::1]:0"
                .to_owned(),
        ),
        (
            message(&["--log-format", "xml"], &[]),
            "--log-format on the command line is \"xml\"; give text or json".to_owned(),
        ),
        (
            message(&["--config", &path], &[]),
            format!("workers in {path} is \"0\"; give a number from 1 to 1024"),
        ),
        (
            message(&[], &[("BYTESTACK_X_MAX_USD", "-1")]),
            "BYTESTACK_X_MAX_USD in the environment is \"-1\"; give an amount in US dollars, 0 or more"
                .to_owned(),
        ),
    ];
    for (message, expected) in cases {
        assert_eq!(message, expected);
    }
}

/// One row per setting: texts that it cannot use.
const UNUSABLE: &[(&str, &[&str])] = &[
    ("listen", &["localhost", "127.0.0.1", ":8000", "127.0.0.1:99999"]),
    (
        "public_url",
        &["example.com", "ftp://a", "https://", "https://a?b=1", "https://a#b", "https://a b"],
    ),
    ("public_url", &["https://user:pass@a", "https://a:99999", "https://a:0", "https://a:"]),
    (
        "database_url",
        &["mysql://a", "sqlite:", "sqlite::memory:", "sqlite3", "sqlite:a?mode=rw", "postgres://"],
    ),
    (
        "blobs",
        &[
            "/srv",
            "s3://",
            "s3://ab",
            "s3://UPPER/x",
            "s3://a_b_c/x",
            "gs://bucket",
            "s3://bucket/a?b",
            "s3://bucket/a/../b",
            "s3://bucket/a//b",
        ],
    ),
    ("master_key", &["file:", "short", "AAAA", "not base64 at all"]),
    (
        "api_key",
        &[
            "short",
            "spaces in a key that is otherwise long enough",
            "é-é-é-é-é-é-é-é-é-é-é-é-é-é-é-é",
        ],
    ),
    ("webhook_secret", &["whsec_", "whsec_AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "whsec_!"]),
    (
        "allow_private",
        &["10.0.0.0/33", "::/129", "host", "host:0", "host:70000", "a b:1", "10.0.0/8", "[x]:1"],
    ),
    ("download_cache", &["-1", "much", "1.5"]),
    ("rate_limit", &["-1", "many", "1.5"]),
    ("connections_per_key", &["-1", "many", "1.5"]),
    ("event_days", &["0", "36501", "forever"]),
    ("audit_days", &["0", "36501", "forever"]),
    ("poll_only", &["maybe"]),
    ("introspection", &["2"]),
    ("dashboard", &["nope"]),
    ("graphiql", &["nope"]),
    ("documents", &["none", "Trusted", "true"]),
    ("roles", &["cook", ",", "api,cook", "API"]),
    ("workers", &["0", "1025", "-3"]),
    ("log", &["info,[", "bytestack=loud"]),
    ("log_format", &["xml"]),
    ("max_documents", &["0", "1.5"]),
    ("max_usd", &["NaN", "inf", "-0.1", "five"]),
    ("max_requests", &["0", "many"]),
    ("max_seconds", &["0", "1.5"]),
    ("s3.endpoint", &["minio:9000"]),
    ("s3.path_style", &["maybe"]),
    ("s3.access_key_id", &["a b"]),
    ("llm.base_url", &["m.example"]),
    ("llm.summaries", &["maybe"]),
    ("llm.labels", &["maybe"]),
    ("sources.x.base_url", &["api.x.com"]),
    ("sources.x.token", &["two words"]),
    ("sources.x.max_documents", &["0"]),
    ("sources.x.backends", &["brightdata", "official,official", "apify,", "all"]),
];

#[test]
fn what_cannot_be_used_is_refused() {
    for (path, texts) in UNUSABLE {
        let variable = names::variable(path);
        for text in *texts {
            let error = load(&[], &[(&variable, text)]).expect_err(text);
            let SettingsError::Invalid { name, origin, .. } = error else {
                panic!("{variable}={text}: {error}");
            };
            assert_eq!((name, origin), (variable.clone(), Origin::Environment), "{text}");
        }
    }
}

#[test]
fn a_secret_is_never_shown() {
    let secrets = [
        ("BYTESTACK_API_KEY", "hush"),
        ("BYTESTACK_MASTER_KEY", "hush"),
        ("BYTESTACK_MASTER_KEY_PREVIOUS", "hush"),
        ("BYTESTACK_WEBHOOK_SECRET", "whsec_hush"),
        ("BYTESTACK_DATABASE_URL", "postgre://user:hush@db"),
        ("BYTESTACK_X_TOKEN", "hush hush"),
        ("BYTESTACK_X_BASE_URL", "https://user:hush@host"),
        ("BYTESTACK_LLM_API_KEY", "hush hush"),
        ("BYTESTACK_S3_SECRET_ACCESS_KEY", "hush hush"),
    ];
    for secret in secrets {
        let error = load(&[], &[secret]).expect_err(secret.0);
        let texts = [error.to_string(), format!("{error:?}")];
        assert!(
            texts.iter().all(|text| text.contains(secret.0) && !text.contains("hush")),
            "{texts:?}"
        );
    }

    let key = format!("{KEY}hush");
    let line = args(&["--api-key", &key, "--x-token", "hush", "--master-key", KEY_BYTES]);
    let settings = Settings::load(&line.settings, std::iter::empty()).unwrap();
    let shown = format!("{:?} {settings:?}", line.settings);
    assert!(
        !shown.contains("hush") && !shown.contains("BwcH") && !shown.contains("7, 7"),
        "{shown}"
    );
}

#[test]
fn a_name_that_nobody_knows_is_refused_with_the_nearest_one() {
    assert_eq!(
        message(&[], &[("BYTESTACK_LISTN", "x")]),
        "BYTESTACK_LISTN in the environment is not a setting; did you mean BYTESTACK_LISTEN?"
    );
    assert_eq!(
        message(&[], &[("BYTESTACK_MYSPACE_PROFILE_COLOUR", "x")]),
        "BYTESTACK_MYSPACE_PROFILE_COLOUR in the environment is not a setting; --help and \
         config.default.toml name them all"
    );
    let files = [
        ("lisen = 'x'", "lisen", "listen"),
        ("[s3]\nregoin = 'x'", "s3.regoin", "s3.region"),
        ("[sources.reddt]\ntoken = 'x'", "sources.reddt.token", "sources.reddit.token"),
    ];
    for (text, name, nearest) in files {
        let (_folder, path) = file(text);
        let expected = format!("{name} in {path} is not a setting; did you mean {nearest}?");
        assert_eq!(message(&["--config", &path], &[]), expected);
    }
    assert!(CommandLine::try_parse_from(["bytestack", "--listn", "x"]).is_err());
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let missing = message(&["--config", "/nowhere/settings.toml"], &[]);
    assert!(
        missing.starts_with("cannot read the settings file /nowhere/settings.toml: "),
        "{missing}"
    );

    let (_folder, path) = file("listen = '127.0.0.1:1'\napi_key = \"hush\n");
    let broken = message(&["--config", &path], &[]);
    let start = format!("the settings file {path} is not TOML: TOML parse error at line 2");
    assert!(broken.starts_with(&start) && !broken.contains("hush"), "{broken}");

    let (_folder, path) = file("[listen]\naddress = 'x'\n");
    let table = message(&["--config", &path], &[]);
    assert!(table.starts_with(&format!("listen in {path} is ")), "{table}");
}
