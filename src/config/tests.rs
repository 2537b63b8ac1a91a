use std::fs;
use std::path::Path;

use clap::Parser;
use secrecy::ExposeSecret;

use super::*;
use crate::model::source::CATALOGUE;

mod refused;

/// A command line like the program's own: the settings stand before or after the command.
#[derive(Parser)]
struct CommandLine {
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    Serve,
    Ask { prompt: String },
}

fn args(words: &[&str]) -> CommandLine {
    let words = std::iter::once("bytestack").chain(words.iter().copied());
    CommandLine::try_parse_from(words).expect("the words are a command line")
}

fn load(words: &[&str], environment: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    Settings::load(&args(words).settings, environment)
}

fn message(words: &[&str], environment: &[(&str, &str)]) -> String {
    load(words, environment).expect_err("the settings are refused").to_string()
}

/// A settings file that lives as long as the directory.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    fs::write(&path, text).unwrap();
    let name = path.to_str().unwrap().to_owned();
    (folder, name)
}

const KEY: &str = "bsk_0123456789abcdef0123456789abcdef";
const KEY_BYTES: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

#[test]
fn nothing_set_gives_the_documented_defaults() {
    let others = ["PATH", "BYTESTACK_TEST_DATA", "BYTESTACK_PLAYGROUND", "BYTESTACK_URL"];
    let settings = load(&[], &others.map(|name| (name, "anything"))).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8000");
    assert_eq!(settings.public_url, None);
    assert_eq!(settings.data_dir, PathBuf::from("./bytestack-data"));
    assert!(matches!(&settings.database, DatabaseUrl::Sqlite(file)
        if file == Path::new("./bytestack-data/bytestack.db")));
    assert!(matches!(&settings.blobs, BlobsSetting::Disk(folder)
        if folder == Path::new("./bytestack-data/blobs")));
    assert!(matches!(settings.master_key, MasterKeySetting::InDataDir));
    assert!(settings.api_key.is_none() && settings.webhook_secret.is_none());
    assert!(settings.allow_private.is_empty());
    assert_eq!((settings.rate_limit, settings.event_days, settings.workers), (0, 90, 32));
    assert!(!settings.poll_only && settings.introspection);
    assert_eq!(settings.pages, PageSettings { dashboard: true, graphiql: true });
    assert_eq!((settings.documents, settings.documents_dir), (DocumentPolicy::Any, None));
    assert_eq!(settings.roles, BTreeSet::from([Role::Api, Role::Worker, Role::Scheduler]));
    assert!(settings.log.filter.starts_with("info,"), "{}", settings.log.filter);
    assert_eq!(settings.log.format, LogFormat::Text);
    assert!(settings.llm.is_none());
    assert_eq!(settings.sources.len(), CATALOGUE.len());
    for (name, source) in &settings.sources {
        assert!(source.base_url.is_none() && source.token.is_none(), "{name}");
        assert_eq!(source.max_documents, 10_000, "{name}");
        assert_eq!((source.max_requests, source.max_seconds), (10_000, 600), "{name}");
        assert!((source.max_usd - 5.0).abs() < f64::EPSILON, "{name}");
    }
}

#[test]
fn the_default_file_names_every_setting() {
    let text = include_str!("../config.default.toml");
    let mut table = String::new();
    let mut named = BTreeSet::new();
    for line in text.lines() {
        let line = line.trim_start_matches("# ");
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = format!("{name}.");
        } else if let Some((key, _)) = line.split_once(" = ") {
            named.insert(format!("{table}{key}"));
        }
    }
    let of_a_source = names::PER_SOURCE.iter().map(|key| names::source_path("x", key));
    let single = names::SINGLE.iter().map(|path| (*path).to_owned());
    let expected: BTreeSet<String> = single.chain(of_a_source).collect();
    assert_eq!(named, expected);
}

#[test]
fn each_layer_wins_over_those_before() {
    let (_folder, path) = file("listen = '127.0.0.1:1'\nworkers = 3\nevent_days = 3\n");
    let file_only = load(&["--config", &path], &[]).unwrap();
    assert_eq!((file_only.listen.port(), file_only.workers, file_only.event_days), (1, 3, 3));

    let environment = [
        ("BYTESTACK_CONFIG", path.as_str()),
        ("BYTESTACK_WORKERS", "4"),
        ("BYTESTACK_EVENT_DAYS", "4"),
    ];
    let all = load(&["serve", "--event-days", "5"], &environment).unwrap();
    assert_eq!((all.listen.port(), all.workers, all.event_days, all.rate_limit), (1, 4, 5, 0));
}

#[test]
fn the_flag_names_the_file_before_the_variable_does() {
    let (_one, by_flag) = file("workers = 1");
    let (_other, by_variable) = file("workers = 2");
    let environment = [("BYTESTACK_CONFIG", by_variable.as_str())];
    assert_eq!(load(&[], &environment).unwrap().workers, 2);
    assert_eq!(load(&["--config", &by_flag], &environment).unwrap().workers, 1);
    assert_eq!(load(&[], &[("BYTESTACK_CONFIG", "")]).unwrap().workers, 32);
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let (_folder, path) = file("public_url = 'https://a.example'\nworkers = 3");
    let environment = [("BYTESTACK_PUBLIC_URL", ""), ("BYTESTACK_WORKERS", " ")];
    let settings = load(&["--config", &path], &environment).unwrap();
    assert_eq!(settings.public_url.as_deref(), Some("https://a.example"));
    assert_eq!(settings.workers, 3);
    let cleared = load(&["--config", &path, "--public-url", ""], &[]).unwrap();
    assert_eq!(cleared.public_url, None);
}

/// Digits are text here, not a number, and lists may be lists.
#[test]
fn a_file_may_use_the_types_of_toml() {
    let text = format!(
        "roles = ['api', 'worker']\nallow_private = ['10.0.0.0/8', 'minio:9000']\npoll_only = true\n\
         api_key = '{}'\nmax_usd = 0.5\n[sources.x]\nmax_usd = 2\nmax_documents = 7\n[s3]\nregion = 'eu-1'\n",
        "1".repeat(40)
    );
    let (_folder, path) = file(&text);
    let settings = load(&["--config", &path, "--blobs", "s3://archive"], &[]).unwrap();
    assert_eq!(settings.roles, BTreeSet::from([Role::Api, Role::Worker]));
    assert_eq!(settings.allow_private.len(), 2);
    assert!(settings.poll_only);
    assert_eq!(settings.api_key.unwrap().expose_secret(), "1".repeat(40));
    assert_eq!(settings.sources["x"].max_documents, 7);
    assert!((settings.sources["x"].max_usd - 2.0).abs() < f64::EPSILON);
    assert!((settings.sources["reddit"].max_usd - 0.5).abs() < f64::EPSILON);
    assert!(matches!(settings.blobs, BlobsSetting::S3(s3) if s3.region == "eu-1"));
}

#[test]
fn switches_are_bare_flags_or_say_which_way() {
    let cases: [(&[&str], [bool; 2]); 5] = [
        (&[], [false, true]),
        (&["--poll-only"], [true, true]),
        (&["--poll-only=false", "--introspection=false"], [false, false]),
        (&["serve", "--poll-only", "--introspection"], [true, true]),
        (&["ask", "--poll-only", "how many?"], [true, true]),
    ];
    for (words, expected) in cases {
        let settings = load(words, &[]).unwrap();
        assert_eq!([settings.poll_only, settings.introspection], expected, "{words:?}");
    }
    let asked = args(&["ask", "--poll-only", "how many?"]).command;
    assert!(matches!(asked, Some(Command::Ask { prompt }) if prompt == "how many?"));
}

#[test]
fn documents_are_any_or_those_that_are_trusted() {
    let settings = load(&["--documents", "trusted", "--documents-dir", "/srv/documents"], &[]);
    let settings = settings.unwrap();
    assert_eq!(settings.documents, DocumentPolicy::Trusted);
    assert_eq!(settings.documents_dir, Some(PathBuf::from("/srv/documents")));
}

/// The contract: every setting has a variable and a flag of the same name.
#[test]
fn every_setting_can_be_a_variable_and_a_flag() {
    let sources = CATALOGUE.iter().flat_map(|source| {
        names::PER_SOURCE.iter().map(|key| names::source_path(source.name, key))
    });
    let paths = names::SINGLE.iter().map(|path| (*path).to_owned()).chain(sources);
    for path in paths {
        let variable = names::variable(&path);
        let flag = format!("--{}=\u{7f}", names::flag(&path));
        let by_variable = load(&[], &[(&variable, "\u{7f}")]);
        let by_flag = load(&[&flag], &[]);
        for (result, name) in
            [(by_variable, variable), (by_flag, format!("--{}", names::flag(&path)))]
        {
            let seen = match result {
                Ok(settings) => format!("{settings:?}").contains("\\u{7f}"),
                Err(error) => error.to_string().starts_with(&name),
            };
            assert!(seen, "{name} was not read");
        }
    }
}

#[test]
fn a_source_is_set_by_its_name() {
    let environment = [
        ("BYTESTACK_X_BASE_URL", "https://api.x.com/2/"),
        ("BYTESTACK_X_TOKEN", "secret-token"),
        ("BYTESTACK_HACKERNEWS_BASE_URL", "http://127.0.0.1:9/api/v1"),
        ("BYTESTACK_REDDIT_MAX_DOCUMENTS", "50"),
        ("BYTESTACK_REDDIT_MAX_REQUESTS", "7"),
        ("BYTESTACK_MAX_SECONDS", "30"),
    ];
    let settings = load(&["serve", "--reddit-max-usd", "0.25"], &environment).unwrap();
    let x = &settings.sources["x"];
    assert_eq!(x.base_url.as_deref(), Some("https://api.x.com/2"));
    assert_eq!(x.token.as_ref().unwrap().expose_secret(), "secret-token");
    let hackernews = &settings.sources["hackernews"];
    assert_eq!(hackernews.base_url.as_deref(), Some("http://127.0.0.1:9/api/v1"));
    let reddit = &settings.sources["reddit"];
    assert_eq!(reddit.max_documents, 50);
    assert_eq!((reddit.max_requests, reddit.max_seconds), (7, 30));
    assert!((reddit.max_usd - 0.25).abs() < f64::EPSILON);
    assert!(reddit.base_url.is_none());
}

#[test]
fn the_database_is_sqlite_in_the_data_directory_or_where_it_is_said() {
    let cases = [
        ("sqlite", Some("data/bytestack.db")),
        ("sqlite:posts.db", Some("posts.db")),
        ("sqlite:/srv/posts.db", Some("/srv/posts.db")),
        ("sqlite:///srv/posts.db", Some("/srv/posts.db")),
        ("postgres://u:p@db/bytestack", None),
        ("postgresql://db/bytestack?sslmode=require", None),
    ];
    for (text, expected) in cases {
        let settings = load(&["--data-dir", "data", "--database-url", text], &[]).unwrap();
        match (settings.database, expected) {
            (DatabaseUrl::Sqlite(file), Some(expected)) => {
                assert_eq!(file, PathBuf::from(expected));
            }
            (DatabaseUrl::Postgres(url), None) => assert_eq!(url.expose_secret(), text),
            (other, _) => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn blobs_go_to_disk_or_to_s3() {
    let disk = |text: &str| match load(&["--blobs", text], &[]).unwrap().blobs {
        BlobsSetting::Disk(folder) => folder,
        BlobsSetting::S3(s3) => panic!("{s3:?}"),
    };
    assert_eq!(disk("disk:"), PathBuf::from("./bytestack-data/blobs"));
    assert_eq!(disk("disk:/srv/blobs"), PathBuf::from("/srv/blobs"));

    let environment = [
        ("BYTESTACK_BLOBS", "s3://archive/posts/2026/"),
        ("BYTESTACK_S3_ENDPOINT", "http://minio:9000/"),
        ("BYTESTACK_S3_REGION", "eu-central-1"),
        ("BYTESTACK_S3_ACCESS_KEY_ID", "AKIA"),
        ("BYTESTACK_S3_SECRET_ACCESS_KEY", "hush/hush+hush"),
    ];
    let BlobsSetting::S3(s3) = load(&[], &environment).unwrap().blobs else {
        panic!("blobs are on S3");
    };
    assert_eq!((s3.bucket.as_str(), s3.prefix.as_str()), ("archive", "posts/2026"));
    assert_eq!(
        (s3.endpoint.as_deref(), s3.region.as_str()),
        (Some("http://minio:9000"), "eu-central-1")
    );
    let credentials = s3.credentials.unwrap();
    assert_eq!(credentials.access_key_id.expose_secret(), "AKIA");
    assert_eq!(credentials.secret_access_key.expose_secret(), "hush/hush+hush");
}

#[test]
fn the_master_key_is_made_given_or_in_a_file() {
    let given = load(&["--master-key", KEY_BYTES], &[]).unwrap().master_key;
    assert!(matches!(given, MasterKeySetting::Inline(MasterKeyBytes(bytes)) if bytes == [7; 32]));
    let in_file = load(&["--master-key", "file:/run/key"], &[]).unwrap().master_key;
    assert!(matches!(in_file, MasterKeySetting::File(path) if path == Path::new("/run/key")));
}

#[test]
fn private_places_are_networks_addresses_or_hosts() {
    let text = "10.0.0.0/8, 192.168.1.7 ,::1,fd00::/8,MinIO:9000,127.0.0.1:80,[::1]:81,";
    let settings = load(&["--allow-private", text], &[]).unwrap();
    let network =
        |address: &str, prefix| AllowPrivate::Network { address: address.parse().unwrap(), prefix };
    let host = |host: &str, port| AllowPrivate::Host { host: host.to_owned(), port };
    let expected = vec![
        network("10.0.0.0", 8),
        network("192.168.1.7", 32),
        network("::1", 128),
        network("fd00::", 8),
        host("minio", 9000),
        host("127.0.0.1", 80),
        host("::1", 81),
    ];
    assert_eq!(settings.allow_private, expected);
}

#[test]
fn a_model_needs_an_address_and_a_name() {
    let both =
        [("BYTESTACK_LLM_BASE_URL", "https://m.example/v1/"), ("BYTESTACK_LLM_MODEL", "small")];
    let llm = load(&[], &both).unwrap().llm.unwrap();
    assert_eq!((llm.base_url.as_str(), llm.model.as_str()), ("https://m.example/v1", "small"));
    assert!(llm.api_key.is_none() && !llm.summaries && !llm.labels);

    let why = "a model is reached by its address and its name";
    let cases = [
        (("BYTESTACK_LLM_BASE_URL", "https://m.example"), "BYTESTACK_LLM_MODEL"),
        (("BYTESTACK_LLM_MODEL", "small"), "BYTESTACK_LLM_BASE_URL"),
        (("BYTESTACK_LLM_API_KEY", "sk-1"), "BYTESTACK_LLM_BASE_URL"),
        (("BYTESTACK_LLM_SUMMARIES", "true"), "BYTESTACK_LLM_BASE_URL"),
        (("BYTESTACK_LLM_LABELS", "true"), "BYTESTACK_LLM_BASE_URL"),
    ];
    for (given, missing) in cases {
        let expected = format!("{} in the environment needs {missing} as well; {why}", given.0);
        assert_eq!(message(&[], &[given]), expected);
    }
}

#[test]
fn what_is_given_and_read_by_nobody_is_told() {
    let given = [
        ("BYTESTACK_X_TOKEN", "token"),
        ("BYTESTACK_X_BASE_URL", "https://x.example"),
        ("BYTESTACK_APIFY_TOKEN", "token"),
        ("BYTESTACK_GDELT_BASE_URL", "https://gdelt.example"),
        ("BYTESTACK_GDELT_TOKEN", "token"),
        ("BYTESTACK_LINKEDIN_TOKEN", "token"),
        ("BYTESTACK_LINKEDIN_MAX_USD", "2"),
        ("BYTESTACK_RSS_BASE_URL", "https://rss.example"),
    ];
    let expected = ["sources.gdelt.token", "sources.linkedin.token", "sources.rss.base_url"];
    assert_eq!(load(&[], &given).unwrap().without_effect(), expected);
}
