//! `bytestack ask`: one question, in this process, over the configured data directory. It is saved, run
//! and kept like any other: what is asked here is found by every other way in, and the other way round.
//! When no process has the directory, this one does the work; else it submits and waits, and takes the
//! work over should the other one go.

mod wait;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;

use super::{Failure, StopSignals, answer, out};
use crate::app::{self, Opened};
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::query::{CreateQueryError, CreatedQuery};
use crate::domain::submission::{InputProblem, NewQuery};
use crate::domain::workspace::operator;
use crate::model::api_key::Principal;
use crate::model::id::WorkspaceId;
use crate::model::job::{Job, JobStatus};
use crate::model::result::ResultDocument;
use wait::{Asked, Ended};
use watch::Watch;

/// Bad input, as with unusable flags.
const REFUSED: u8 = 2;
/// Posts shown of those behind the figure.
const SHOWN: usize = 5;

#[derive(Clone, Debug, clap::Args)]
pub struct AskArgs {
    /// The question, in plain language
    #[arg(required = true, num_args = 1..)]
    prompt: Vec<String>,
    /// A source to ask, such as hackernews or dataset:NAME; several by repeating it (all that are ready unless given)
    #[arg(long = "source", value_name = "SOURCE")]
    sources: Vec<String>,
    /// How many posts the result lists, 1 to 1000; it never caps what is counted (100 unless given)
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    limit: Option<i64>,
    /// The time zone that days and weeks are meant in (the workspace's unless given)
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// The workspace to ask in (the first one unless given)
    #[arg(long, value_name = "ID")]
    workspace: Option<WorkspaceId>,
    /// Print the stored result as it is, and nothing else
    #[arg(long)]
    json: bool,
}

/// Asks and waits for the end. Exit codes: 0 answered, 1 the job failed, 2 bad input, 130 or 143 stopped.
///
/// # Errors
/// When the data directory cannot be opened, or something in it fails.
pub async fn run(settings: Settings, args: &AskArgs) -> Result<ExitCode, Failure> {
    let mut asked = StopSignals::listen()?;
    let opened =
        app::open(&settings, Clock::system(), &public_url(&settings), app::Schema::MigrateEmpty)
            .await?;
    let ended = ask(&opened, &settings, args, &mut asked).await;
    opened.close().await;
    ended
}

/// Where `serve` with these settings would be reached: results say so.
fn public_url(settings: &Settings) -> String {
    settings.public_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen))
}

async fn ask(
    opened: &Opened,
    settings: &Settings,
    args: &AskArgs,
    stop: &mut StopSignals,
) -> Result<ExitCode, Failure> {
    let who = principal(opened, settings, args.workspace).await?;
    let created = match opened.domain.create_query(&who, new_query(args)).await {
        Ok(created) => created,
        Err(CreateQueryError::Invalid(problems)) => return Ok(refuse(&problems)),
        Err(CreateQueryError::Failed(error)) => return Err(error.into()),
    };
    let CreatedQuery { query, job, cursor } = created;
    let job = job.ok_or("the question was saved without a job")?;
    let watch = Arc::new(Watch::new(job.id));
    let asking = Asked { opened, settings, who: &who, query: query.id, cursor: cursor.to_string() };
    let ended = asking.end(&watch, stop).await?;
    let job = opened.domain.job(&who, job.id).await?.ok_or("the job was deleted meanwhile")?;
    match ended {
        // What ended just before the stop is an answer all the same.
        Ended::Stopped { code, by_other } if !job.status.is_final() => {
            Ok(stopped(&job, by_other, code))
        }
        _ => tell(opened, settings, &who, &job, args.json).await,
    }
}

async fn principal(
    opened: &Opened,
    settings: &Settings,
    wanted: Option<WorkspaceId>,
) -> Result<Principal, Failure> {
    let first = opened.domain.first_workspace(&app::given_secrets(settings)).await?;
    let Some(wanted) = wanted else {
        return Ok(operator(&first));
    };
    let all = opened.domain.all_workspaces().await?;
    let found = all.iter().find(|workspace| workspace.id == wanted);
    Ok(operator(found.ok_or_else(|| format!("there is no workspace {wanted}"))?))
}

fn new_query(args: &AskArgs) -> NewQuery {
    NewQuery {
        prompt: args.prompt.join(" "),
        sources: (!args.sources.is_empty()).then(|| args.sources.clone()),
        limit: args.limit,
        timezone: args.timezone.clone(),
        ..NewQuery::default()
    }
}

/// Says everything that is wrong with the question.
fn refuse(problems: &[InputProblem]) -> ExitCode {
    for problem in problems {
        out::note(&format!("error: {}: {}", problem.code.as_str(), problem.message));
    }
    ExitCode::from(REFUSED)
}

fn stopped(job: &Job, by_other: bool, code: u8) -> ExitCode {
    let what = if by_other {
        format!("stopped waiting; the process that has the data directory goes on with {}", job.id)
    } else {
        format!("stopped; {} stays queued, and the next `serve` or `ask` runs it", job.id)
    };
    out::note(&what);
    ExitCode::from(code)
}

async fn tell(
    opened: &Opened,
    settings: &Settings,
    who: &Principal,
    job: &Job,
    as_json: bool,
) -> Result<ExitCode, Failure> {
    if job.status != JobStatus::Completed {
        let why = job.error.as_ref().map(|error| format!("{}: {}", error.code, error.message));
        let why = why.unwrap_or_else(|| format!("the job was {}", job.status.as_str()));
        out::note(&format!("error: {why}"));
        return Ok(ExitCode::FAILURE);
    }
    let key = &job.storage_key;
    let located = opened.domain.locate_storage_object(who, key).await?;
    let bytes = opened.domain.read_storage_object(&located.object).await?;
    if as_json {
        out::bytes(&bytes)?;
        return Ok(ExitCode::SUCCESS);
    }
    let document: ResultDocument = serde_json::from_slice(&bytes)?;
    for line in answer::lines(&document, SHOWN) {
        out::line(&line)?;
    }
    let place = settings.data_dir.display();
    out::line(&format!("\n  kept as    {key} in {place}; /v1/storage/{key} while it is served"))?;
    Ok(ExitCode::SUCCESS)
}
