//! `bytestack demo`: the whole way of a question, shown on sample posts. The service is the real one,
//! started as `serve` starts it, and every step after that is a request over loopback that any other
//! program could send. Without a place in the settings, all of it is kept in a directory that is removed
//! at the end.

mod client;
mod phrases;
mod posts;
mod tour;

use std::process::ExitCode;

use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::{Failure, StopSignals, out};
use crate::app::{self, Running, WorkOptions};
use crate::clock::Clock;
use crate::config::{Role, Settings};
use crate::model::api_key::Scope;
use client::Client;
use tour::Step;

/// Settings that say where things are kept; with any of them the demo uses that place.
const PLACES: &[&str] = &["data_dir", "database_url", "blobs"];

#[derive(Clone, Debug, clap::Args)]
pub struct DemoArgs {
    /// End after the tour instead of serving on
    #[arg(long)]
    exit: bool,
}

/// Shows the tour, then serves until asked to stop.
///
/// # Errors
/// When the service cannot start, or a step of the tour fails.
pub async fn run(mut settings: Settings, args: &DemoArgs) -> Result<ExitCode, Failure> {
    let mut asked = StopSignals::listen()?;
    let temporary = place(&mut settings)?;
    settings.roles = [Role::Api, Role::Worker, Role::Scheduler].into();
    out::line(
        "A tour of ByteStack on sample posts: a real service, and nothing leaves this machine.\n",
    )?;
    let running = start(&mut settings, temporary.is_some()).await?;
    let shown = async {
        show(&running, &settings).await?;
        if !args.exit {
            let removed = if temporary.is_some() { " and removes what it kept" } else { "" };
            out::line(&format!("\nIt goes on serving; Ctrl-C ends it{removed}."))?;
            out::line(&format!("listening on http://{}", running.address))?;
            std::future::pending::<()>().await;
        }
        Ok(())
    };
    let ended = tokio::select! {
        shown = shown => shown,
        _ = asked.wait() => Ok(()),
    };
    running.stop().await;
    if let Some(folder) = temporary {
        folder.close()?;
    }
    ended.map(|()| ExitCode::SUCCESS)
}

/// A directory of its own, unless the settings name a place.
fn place(settings: &mut Settings) -> Result<Option<TempDir>, Failure> {
    if PLACES.iter().any(|name| settings.is_given(name)) {
        return Ok(None);
    }
    let folder = tempfile::Builder::new().prefix("bytestack-demo-").tempdir()?;
    settings.keep_in(folder.path().to_owned());
    Ok(Some(folder))
}

/// Starts the service; where nobody asked for an address and the usual one is taken, on a free port.
async fn start(settings: &mut Settings, is_temporary: bool) -> Result<Running, Failure> {
    let step = Step::begin("start", "starting the service");
    let usual = settings.listen;
    let begin = |settings: Settings| async move {
        app::start(&settings, Clock::system(), WorkOptions::default()).await
    };
    let running = match begin(settings.clone()).await {
        Err(error) if error.is_address_taken() && !settings.is_given("listen") => {
            settings.listen.set_port(0);
            begin(settings.clone()).await?
        }
        started => started?,
    };
    let mut said = format!("listening on http://{}", running.address);
    if settings.listen != usual {
        said = format!("{usual} is taken, so {said}");
    }
    let kept = if is_temporary { ", only for now" } else { "" };
    step.done(&format!("{said}; keeping everything in {}{kept}", settings.data_dir.display()))?;
    Ok(running)
}

async fn show(running: &Running, settings: &Settings) -> Result<(), Failure> {
    let key = key(running, settings).await?;
    let client = Client::new(running.address, key.clone())?;
    let storage_key = tour::take(&client, running.domain.clock().now()).await?;
    let base = format!("http://{}", client::dialled(running.address));
    out::line("\nTo go on with")?;
    out::line(&format!("  GraphQL   {base}/graphql  (HTTP, and graphql-transport-ws)"))?;
    if settings.pages.dashboard {
        out::line(&format!("  dashboard {base}/"))?;
    }
    if settings.pages.graphiql {
        out::line(&format!("  GraphiQL  {base}/graphiql"))?;
    }
    if let Some(link) = running.domain.new_login_link().await? {
        out::line(&format!("  sign in   {link}  (once, within 10 minutes)"))?;
    }
    out::line(&format!("  results   {base}/v1/storage/{storage_key}"))?;
    out::line(&format!("  API key   {key}"))?;
    out::line(&format!("  webhook signing secret   {}", webhook_secret(running, settings)))?;
    out::line("\nDownload the result again")?;
    out::line(&format!("  curl -H 'Authorization: Bearer {key}' {base}/v1/storage/{storage_key}"))?;
    Ok(())
}

/// The key of a first start, else the one in the settings, else one more.
async fn key(running: &Running, settings: &Settings) -> Result<String, Failure> {
    let made = running.first_start.as_ref().and_then(|made| made.api_key.clone());
    if let Some(key) = made {
        return Ok(key);
    }
    if let Some(key) = &settings.api_key {
        return Ok(key.expose_secret().to_owned());
    }
    let workspaces = running.domain.all_workspaces().await?;
    let first = workspaces.first().ok_or("there is no workspace")?;
    Ok(running.domain.create_api_key(first.id, "demo", Scope::Admin).await?.1)
}

fn webhook_secret<'a>(running: &'a Running, settings: &Settings) -> &'a str {
    let made = running.first_start.as_ref().and_then(|made| made.webhook_secret.as_deref());
    let elsewhere = if settings.webhook_secret.is_some() {
        "the one in the settings"
    } else {
        "the one that the first start printed"
    };
    made.unwrap_or(elsewhere)
}
