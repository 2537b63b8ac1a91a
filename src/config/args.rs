//! The flags: one per setting, all optional, all text, so that a flag is judged as a variable is.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use secrecy::{ExposeSecret, SecretString};

use super::names;
use crate::model::source::CATALOGUE;

/// The flags of every command that reads settings.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Settings (a flag, or BYTESTACK_NAME, or a line of a file)")]
pub struct SettingsArgs {
    /// A settings file in TOML; the environment and flags win over it
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    #[command(flatten)]
    values: Values,
}

impl SettingsArgs {
    /// The flags that were given, by the path of their setting.
    pub(super) fn given(&self) -> impl Iterator<Item = (String, String)> {
        self.values
            .0
            .iter()
            .map(|(path, value)| ((*path).to_owned(), value.expose_secret().to_owned()))
    }
}

/// What the flags say. Kept as secrets, since some are and a `Debug` would show them.
#[derive(Clone, Debug, Default)]
struct Values(Vec<(&'static str, SecretString)>);

struct Flag {
    path: String,
    name: String,
}

static FLAGS: LazyLock<Vec<Flag>> = LazyLock::new(|| {
    let sources = CATALOGUE.iter().flat_map(|source| {
        names::PER_SOURCE.iter().map(|key| names::source_path(source.name, key))
    });
    let single = names::SINGLE.iter().map(|path| (*path).to_owned());
    single.chain(sources).map(|path| Flag { name: names::flag(&path), path }).collect()
});

impl Args for Values {
    fn augment_args(command: Command) -> Command {
        command.args(FLAGS.iter().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn argument(flag: &'static Flag) -> Arg {
    let path = flag.path.as_str();
    let argument = Arg::new(flag.name.as_str()).long(flag.name.as_str()).global(true);
    let argument = match help(path) {
        Some((value, text)) => argument.value_name(value).help(text),
        None => argument.value_name("VALUE").hide(true),
    };
    if SWITCHES.contains(&path) {
        return argument.num_args(0..=1).require_equals(true).default_missing_value("true");
    }
    argument
}

/// Settings that may be given as a bare flag.
const SWITCHES: &[&str] =
    &["poll_only", "introspection", "dashboard", "graphiql", "llm.summaries", "llm.labels"];

impl FromArgMatches for Values {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut values = Self::default();
        values.update_from_arg_matches(matches)?;
        Ok(values)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for flag in FLAGS.iter() {
            let given = matches.try_get_one::<String>(&flag.name).unwrap_or_default();
            if let Some(value) = given {
                self.0.push((flag.path.as_str(), SecretString::from(value.as_str())));
            }
        }
        Ok(())
    }
}

/// The name of the value and one line of help; settings of sources are named in the settings file.
fn help(path: &str) -> Option<(&'static str, &'static str)> {
    Some(match path {
        "listen" => ("ADDRESS", "Where to listen [127.0.0.1:8000]; port 0 takes a free one"),
        "public_url" => ("URL", "The address that clients use [the one listened on]"),
        "data_dir" => ("DIR", "Where everything is kept [./bytestack-data]"),
        "database_url" => ("URL", "sqlite, sqlite:PATH or postgres://… [sqlite]"),
        "blobs" => ("PLACE", "disk:, disk:PATH or s3://bucket/prefix [disk:]"),
        "download_cache" => ("MIB", "Unpacked results kept for those who download [256]"),
        "master_key" => ("KEY", "file:PATH, or 32 bytes in base64 [a file in the data directory]"),
        "master_key_previous" => ("KEY", "Another key that still opens what it has sealed"),
        "api_key" => ("KEY", "An admin key that exists after the start; safer in the environment"),
        "webhook_secret" => ("SECRET", "The first workspace's whsec_…; safer in the environment"),
        "allow_private" => ("LIST", "Networks or host:port that may be reached although private"),
        "rate_limit" => ("POINTS", "Cost points per second and key [0, no limit]"),
        "connections_per_key" => ("NUMBER", "Sockets and streams per key and node [10000]"),
        "event_days" => ("DAYS", "How long events are kept [90]"),
        "audit_days" => ("DAYS", "How long the audit log is kept [365]"),
        "poll_only" => ("BOOL", "Do without the database's notifications [false]"),
        "introspection" => ("BOOL", "Whether the schema may be asked for [true]"),
        "dashboard" => ("BOOL", "Whether the dashboard is served at / [true]"),
        "graphiql" => ("BOOL", "Whether /graphiql is served [true]"),
        "documents" => ("WHICH", "GraphQL documents that are taken: any or trusted [any]"),
        "documents_dir" => ("DIR", "A folder of further *.graphql documents to trust"),
        "roles" => ("LIST", "What this process does [api,worker,scheduler]"),
        "workers" => ("N", "Jobs and deliveries that run at once [32]"),
        "log" => ("FILTER", "A level, or a filter such as info,bytestack::queue=debug [info]"),
        "log_format" => ("FORMAT", "text or json [text]"),
        "max_documents" => ("N", "Posts that a job may collect from one source [10000]"),
        "max_usd" => ("USD", "What a job may spend on one source [5]"),
        "max_requests" => ("N", "Requests that a job may make to one source [10000]"),
        "max_seconds" => ("N", "How long a job may ask one source [600]"),
        "s3.endpoint" => ("URL", "The blob store's address, when it is not AWS"),
        "s3.region" => ("REGION", "The blob store's region [us-east-1]"),
        "s3.path_style" => ("BOOL", "Whether its buckets are in the path of an address"),
        "s3.access_key_id" => ("ID", "The blob store's key"),
        "s3.secret_access_key" => ("SECRET", "The blob store's secret; safer in the environment"),
        "llm.base_url" => ("URL", "A model that may read questions (OpenAI protocol)"),
        "llm.api_key" => ("KEY", "That model's key; safer in the environment"),
        "llm.model" => ("NAME", "That model's name"),
        "llm.summaries" => ("BOOL", "Show it posts to write summaries [false]"),
        "llm.labels" => ("BOOL", "Show it posts to say what they feel [false]"),
        _ => return None,
    })
}
