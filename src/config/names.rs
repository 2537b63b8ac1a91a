//! The names of all settings, and the three ways to write each of them. A setting has a path
//! (`s3.region`, `sources.x.token`), from which its variable and its flag follow.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::failpoint;
use crate::model::source::CATALOGUE;

/// What every variable begins with.
pub(super) const PREFIX: &str = "BYTESTACK_";

/// Names the settings file; it is no setting itself.
pub(super) const CONFIG_VARIABLE: &str = "BYTESTACK_CONFIG";

/// Read when the binary is built (`playground/build.rs`) and often still set when it is run.
pub(super) const BUILD_VARIABLE: &str = "BYTESTACK_PLAYGROUND";

/// Where clients find a server; whoever uses them often starts one in the same shell.
pub(super) const CLIENT_VARIABLE: &str = "BYTESTACK_URL";

/// Variables that are no settings: the file that has them is read before, the others say nothing here.
const NO_SETTINGS: [&str; 3] = [CONFIG_VARIABLE, BUILD_VARIABLE, CLIENT_VARIABLE];

/// Whether a variable is none of the settings although it begins like one.
pub(super) fn is_no_setting(variable: &str) -> bool {
    let is_for_tests = cfg!(debug_assertions) && variable == failpoint::VARIABLE;
    NO_SETTINGS.contains(&variable) || is_for_tests
}

/// Variables that the test suite sets for itself and its children.
pub(super) const TEST_PREFIX: &str = "BYTESTACK_TEST_";

/// The settings that have one name; those of a source follow from the catalogue.
pub(super) const SINGLE: &[&str] = &[
    "listen",
    "public_url",
    "data_dir",
    "database_url",
    "blobs",
    "download_cache",
    "master_key",
    "master_key_previous",
    "api_key",
    "webhook_secret",
    "allow_private",
    "rate_limit",
    "connections_per_key",
    "event_days",
    "audit_days",
    "poll_only",
    "introspection",
    "dashboard",
    "graphiql",
    "documents",
    "documents_dir",
    "roles",
    "workers",
    "log",
    "log_format",
    "otlp_endpoint",
    "max_documents",
    "max_usd",
    "max_requests",
    "max_seconds",
    "s3.endpoint",
    "s3.region",
    "s3.path_style",
    "s3.access_key_id",
    "s3.secret_access_key",
    "llm.base_url",
    "llm.api_key",
    "llm.model",
    "llm.summaries",
    "llm.labels",
];

/// The settings that each source has.
pub(super) const PER_SOURCE: &[&str] =
    &["base_url", "token", "backends", "max_documents", "max_usd", "max_requests", "max_seconds"];

/// Every variable and the path of its setting.
static BY_VARIABLE: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let sources = CATALOGUE
        .iter()
        .flat_map(|source| PER_SOURCE.iter().map(|key| source_path(source.name, key)));
    let single = SINGLE.iter().map(|path| (*path).to_owned());
    single.chain(sources).map(|path| (variable(&path), path)).collect()
});

/// The path of a source's setting.
pub(super) fn source_path(source: &str, key: &str) -> String {
    format!("sources.{source}.{key}")
}

/// The variable of a setting: `s3.region` is `BYTESTACK_S3_REGION`.
pub(super) fn variable(path: &str) -> String {
    let name = path.strip_prefix("sources.").unwrap_or(path);
    format!("{PREFIX}{}", name.replace('.', "_").to_uppercase())
}

/// The flag of a setting, without its dashes in front: `s3.region` is `s3-region`.
pub(super) fn flag(path: &str) -> String {
    let name = path.strip_prefix("sources.").unwrap_or(path);
    name.replace(['.', '_'], "-")
}

/// The path of the setting that a variable sets.
pub(super) fn path_of_variable(variable: &str) -> Option<&'static str> {
    BY_VARIABLE.get(variable).map(String::as_str)
}

/// Whether there is such a setting.
pub(super) fn is_known_path(path: &str) -> bool {
    path_of_variable(&variable(path)) == Some(path)
}

/// Whether a setting's value must not be shown.
pub(super) fn is_secret(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    matches!(
        last,
        "database_url"
            | "master_key"
            | "master_key_previous"
            | "api_key"
            | "webhook_secret"
            | "token"
            | "access_key_id"
            | "secret_access_key"
    )
}

/// The variable most like one that nobody knows, if one is like it at all.
pub(super) fn nearest_variable(unknown: &str) -> Option<&'static str> {
    let names = BY_VARIABLE.keys().map(String::as_str);
    nearest(unknown, names.chain([CONFIG_VARIABLE]))
}

/// The path most like one that nobody knows, if one is like it at all.
pub(super) fn nearest_path(unknown: &str) -> Option<&'static str> {
    nearest(unknown, BY_VARIABLE.values().map(String::as_str))
}

/// The likest of the names, as long as at most a third of it would have to change.
fn nearest<'a>(unknown: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let stem = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
    let wanted = stem(unknown);
    let (edits, name) = names
        .map(|name| (edits_between(&wanted, &stem(name)), name))
        .min_by_key(|(edits, _)| *edits)?;
    let bearable = stem(name).len().div_ceil(3);
    (edits <= bearable).then_some(name)
}

/// How many characters must be put in, taken out or replaced to make one text the other.
fn edits_between(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (done, from) in one.chars().enumerate() {
        let mut next = vec![done + 1];
        for (column, (to, pair)) in other.iter().zip(row.windows(2)).enumerate() {
            let replaced = pair[0] + usize::from(from != *to);
            next.push(replaced.min(pair[1] + 1).min(next[column] + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gives_its_variable_and_flag_and_is_found_again() {
        let cases = [
            ("listen", "BYTESTACK_LISTEN", "listen"),
            ("data_dir", "BYTESTACK_DATA_DIR", "data-dir"),
            ("s3.access_key_id", "BYTESTACK_S3_ACCESS_KEY_ID", "s3-access-key-id"),
            ("llm.model", "BYTESTACK_LLM_MODEL", "llm-model"),
            ("sources.x.token", "BYTESTACK_X_TOKEN", "x-token"),
            ("sources.web.max_usd", "BYTESTACK_WEB_MAX_USD", "web-max-usd"),
        ];
        for (path, name, option) in cases {
            assert_eq!(variable(path), name);
            assert_eq!(flag(path), option);
            assert_eq!(path_of_variable(name), Some(path));
            assert!(is_known_path(path));
        }
    }

    #[test]
    fn no_two_settings_share_a_variable() {
        let expected = SINGLE.len() + CATALOGUE.len() * PER_SOURCE.len();
        assert_eq!(BY_VARIABLE.len(), expected);
    }

    #[test]
    fn names_of_nothing_are_not_known() {
        for path in
            ["x.token", "sources.x", "sources.x.url", "sources.myspace.token", "s3", "config", ""]
        {
            assert!(!is_known_path(path), "{path}");
        }
    }

    #[test]
    fn the_nearest_name_is_found_when_it_is_near() {
        let cases = [
            ("BYTESTACK_LISTN", Some("BYTESTACK_LISTEN")),
            ("BYTESTACK_DATADIR", Some("BYTESTACK_DATA_DIR")),
            ("BYTESTACK_REDIT_TOKEN", Some("BYTESTACK_REDDIT_TOKEN")),
            ("BYTESTACK_CONFG", Some("BYTESTACK_CONFIG")),
            ("BYTESTACK_SOMETHING_ELSE_ENTIRELY", None),
        ];
        for (unknown, expected) in cases {
            assert_eq!(nearest_variable(unknown), expected, "{unknown}");
        }
        assert_eq!(nearest_path("sources.x.tokn"), Some("sources.x.token"));
    }

    #[test]
    fn edits_are_counted() {
        let cases = [
            ("", "", 0),
            ("abc", "abc", 0),
            ("abc", "", 3),
            ("", "ab", 2),
            ("kitten", "sitting", 3),
        ];
        for (one, other, expected) in cases {
            assert_eq!(edits_between(one, other), expected, "{one} {other}");
        }
    }
}
