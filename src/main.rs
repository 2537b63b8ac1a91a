//! The command line, thin: it reads settings, calls the composition root or a use case, and prints.

// The futures of GraphQL's fields lie within one another: an optimised build looks into more than 128 of them at once.
#![recursion_limit = "256"]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what a command line does"
)]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use bytestack::app::{self, Rotated, RotationArgs, Schema, WorkOptions};
use bytestack::cli::{self, Failure, StopSignals};
use bytestack::clock::Clock;
use bytestack::config::{Role, Settings, SettingsArgs};
use bytestack::domain::Domain;
use bytestack::model::api_key::Scope;
use bytestack::model::id::{ApiKeyId, WorkspaceId};
use bytestack::{graphql, telemetry};
use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Answers plain-language questions over social and web sources, on your own server.
#[derive(Parser)]
#[command(name = "bytestack", version)]
struct Cli {
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// See it work: a tour on sample posts, without network or set-up, that goes on serving.
    Demo(cli::demo::DemoArgs),
    /// Ask one question and wait for its answer; no server needed.
    Ask(cli::ask::AskArgs),
    /// Run the service.
    Serve,
    /// Print the GraphQL schema.
    Schema,
    /// Bring the database to this version's schema.
    Migrate,
    /// Check every promise on what is stored, also while it is served; changes nothing.
    Doctor,
    /// Compute stored results again from the documents they rest on, also while they are served; says whether
    /// every figure agrees.
    Replay(cli::replay::ReplayArgs),
    /// Replace the master key, also while it is served; seals everything that is kept sealed anew.
    RotateMasterKey {
        /// Only make the new key known: for nodes that share a database and each have a key file.
        #[arg(long, conflicts_with = "alone")]
        prepare: bool,
        /// No other node shares the database.
        #[arg(long)]
        alone: bool,
    },
    /// Workspaces.
    #[command(subcommand)]
    Workspace(WorkspaceCommand),
    /// API keys.
    #[command(subcommand)]
    Key(KeyCommand),
}

#[derive(Subcommand)]
enum WorkspaceCommand {
    /// Make a workspace; prints its id.
    Create { name: String },
    /// List all workspaces.
    List,
    /// Set a workspace's part of the workers beside others.
    Share {
        id: WorkspaceId,
        /// How often it is served compared with others, 1 to 1000.
        #[arg(long, default_value_t = 1)]
        weight: u32,
        /// How many of its jobs may run at once, over all nodes; without it there is no limit.
        #[arg(long)]
        running: Option<u32>,
    },
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Make a key; prints its secret, which is shown only now.
    Create {
        #[arg(long)]
        workspace: WorkspaceId,
        #[arg(long)]
        scope: Scope,
        #[arg(long)]
        name: String,
    },
    /// List a workspace's keys.
    List {
        #[arg(long)]
        workspace: WorkspaceId,
    },
    /// Revoke a key at once.
    Revoke {
        #[arg(long)]
        workspace: WorkspaceId,
        id: ApiKeyId,
    },
}

/// How long threads that still wait for the system may hold up the end.
const LEFT_BEHIND: Duration = Duration::from_secs(2);
/// How much is done before it is looked at what has arrived: measuring posts takes long beside what an
/// answer of the database sets going.
const POLLS_BETWEEN_EVENTS: u32 = 8;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    if let Command::Schema = cli.command {
        print!("{}", graphql::sdl());
        return Ok(ExitCode::SUCCESS);
    }
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    #[cfg(debug_assertions)]
    if let Some(plan) = environment.get(bytestack::failpoint::VARIABLE) {
        bytestack::failpoint::arm(plan)?;
    }
    let settings = Settings::load(&cli.settings, environment.into_iter())?;
    telemetry::init(log_filter(&settings, &cli.command), settings.log.format)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .event_interval(POLLS_BETWEEN_EVENTS)
        .enable_all()
        .build()?;
    let ended = runtime.block_on(async {
        match &cli.command {
            Command::Ask(args) => cli::ask::run(settings, args).await,
            Command::Demo(args) => cli::demo::run(settings, args).await,
            Command::Doctor => cli::doctor::run(&settings).await,
            Command::Replay(args) => cli::replay::run(&settings, args).await,
            Command::RotateMasterKey { prepare, alone } => {
                rotate(&settings, RotationArgs { prepare: *prepare, alone: *alone }).await
            }
            Command::Serve => serve(&settings).await,
            command => administer(&settings, command).await.map(|()| ExitCode::SUCCESS),
        }
    });
    // A thread that waits for a disk or a name server cannot be told to stop.
    runtime.shutdown_timeout(LEFT_BEHIND);
    ended
}

/// Commands that talk to a person log what went wrong alone, unless asked for more.
fn log_filter<'a>(settings: &'a Settings, command: &Command) -> &'a str {
    let talks = matches!(
        command,
        Command::Ask(_) | Command::Demo(_) | Command::Doctor | Command::Replay(_)
    );
    if talks && !settings.is_given("log") { "error" } else { &settings.log.filter }
}

/// Answers failure when something had to be cut off at the stop.
async fn serve(settings: &Settings) -> Result<ExitCode, Failure> {
    // From the first moment on: a start that waits, for a database's lock for example, can be stopped.
    let mut asked = StopSignals::listen()?;
    let starting = app::start(settings, Clock::system(), WorkOptions::default());
    let running = tokio::select! {
        started = starting => started?,
        _ = asked.wait() => return Ok(ExitCode::SUCCESS),
    };
    if let Some(made) = &running.first_start {
        println!("workspace {}", made.workspace);
        if let Some(key) = &made.api_key {
            println!("API key {key} (admin; shown only now)");
        }
        if let Some(secret) = &made.webhook_secret {
            println!("webhook signing secret {secret} (shown only now)");
        }
    }
    if settings.roles.contains(&Role::Api) {
        show_login_link(&running.domain).await;
    }
    println!("listening on http://{}", running.address);
    asked.wait().await;
    tracing::info!("stopping");
    Ok(if running.stop().await { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whoever sees what is printed here may administer the service anyway.
async fn show_login_link(domain: &Domain) {
    match domain.new_login_link().await {
        Ok(Some(link)) => println!("sign in at {link} (once, within 10 minutes)"),
        Ok(None) => tracing::warn!(
            "no link to sign in with: the first workspace has no admin key that works; `key create` makes one"
        ),
        Err(error) => tracing::warn!(%error, "no link to sign in with could be made"),
    }
}

async fn rotate(settings: &Settings, args: RotationArgs) -> Result<ExitCode, Failure> {
    match app::rotate(settings, args).await? {
        Rotated::Prepared => println!(
            "a new master key is in the file beside the one that is used; copy the file to every node, then \
             run `bytestack rotate-master-key`"
        ),
        Rotated::Done { changed } => println!(
            "everything is sealed with the new master key ({changed} values were sealed anew); the old one \
             opens nothing any more"
        ),
    }
    Ok(ExitCode::SUCCESS)
}

async fn administer(settings: &Settings, command: &Command) -> Result<(), Failure> {
    let schema = match command {
        Command::Migrate => Schema::MigrateAll,
        _ => Schema::MigrateEmpty,
    };
    let opened = app::open(settings, Clock::system(), "", schema).await?;
    let done = administer_opened(&opened, command).await;
    opened.close().await;
    done
}

async fn administer_opened(opened: &app::Opened, command: &Command) -> Result<(), Failure> {
    let domain = &opened.domain;
    match command {
        Command::Ask(_)
        | Command::Demo(_)
        | Command::Doctor
        | Command::Replay(_)
        | Command::RotateMasterKey { .. }
        | Command::Serve
        | Command::Schema => {}
        // Opening has brought it up to date.
        Command::Migrate => println!("the database is up to date"),
        Command::Workspace(WorkspaceCommand::Create { name }) => {
            println!("{}", domain.create_workspace(name).await?.0.id);
        }
        Command::Workspace(WorkspaceCommand::List) => {
            for workspace in domain.all_workspaces().await? {
                println!("{}  {}  {}", workspace.id, workspace.created_at, workspace.name);
            }
        }
        Command::Workspace(WorkspaceCommand::Share { id, weight, running }) => {
            domain.set_workspace_share(*id, *weight, *running).await?;
            println!("set");
        }
        Command::Key(KeyCommand::Create { workspace, scope, name }) => {
            println!("{}", domain.create_api_key(*workspace, name, *scope).await?.1);
        }
        Command::Key(KeyCommand::List { workspace }) => {
            for key in domain.api_keys(*workspace).await? {
                let state = if key.revoked_at.is_some() { "revoked" } else { "valid" };
                println!(
                    "{}  {:5}  {state}  …{}  {}",
                    key.id,
                    key.scope.as_str(),
                    key.last4,
                    key.name
                );
            }
        }
        Command::Key(KeyCommand::Revoke { workspace, id }) => {
            domain.revoke_api_key(*workspace, *id).await?;
            println!("revoked {id}");
        }
    }
    Ok(())
}
