//! Which sources a question may name, and which of them answer.

use super::Domain;
use super::submission::{CreateQueryErrorCode, InputProblem};
use crate::error::Error;
use crate::model::dataset::Dataset;
use crate::model::id::WorkspaceId;
use crate::model::source::{self, CATALOGUE, SourceAbout, SourceKind, SourceState};
use crate::sources::NameError;

impl Domain {
    /// The names of all sources that would answer for this workspace now.
    pub async fn ready_sources(&self, workspace: WorkspaceId) -> Result<Vec<String>, Error> {
        let mut ready = Vec::new();
        for kind in CATALOGUE.iter().filter(|kind| self.source_state(kind) == SourceState::Ready) {
            match kind.name {
                "dataset" => {
                    let datasets = self.store.datasets(workspace).await?;
                    ready.extend(datasets.iter().map(Dataset::source));
                }
                _ if kind.takes_argument => {}
                name => ready.push(name.to_owned()),
            }
        }
        Ok(ready)
    }

    /// A known source as it is on this server.
    pub fn source_about(&self, kind: &SourceKind) -> SourceAbout {
        self.sources.about(kind)
    }

    pub fn source_state(&self, kind: &SourceKind) -> SourceState {
        self.sources.state(kind)
    }

    /// Checks the sources of a question: each must be known, and one at least must answer. No sources
    /// means all that are ready.
    pub(super) async fn check_sources(
        &self,
        workspace: WorkspaceId,
        sources: &[String],
    ) -> Result<Vec<InputProblem>, Error> {
        let (mut problems, any_ready) = self.check_names(workspace, sources, &["sources"]).await?;
        if problems.is_empty() && !any_ready {
            let ready = self.ready_sources(workspace).await?;
            let all_may_answer = sources.is_empty() && !ready.is_empty();
            if !all_may_answer {
                problems.push(self.none_ready(sources, &ready));
            }
        }
        Ok(problems)
    }

    /// What is wrong with the names at `path`, and whether one of them is ready.
    pub(super) async fn check_names(
        &self,
        workspace: WorkspaceId,
        names: &[String],
        path: &[&str],
    ) -> Result<(Vec<InputProblem>, bool), Error> {
        let (mut problems, mut any_ready) = (Vec::new(), false);
        for (index, name) in names.iter().enumerate() {
            match self.look_at(workspace, name).await? {
                Ok(state) => any_ready |= state == SourceState::Ready,
                Err((code, message)) => {
                    let index = index.to_string();
                    let path: Vec<&str> = path.iter().copied().chain([index.as_str()]).collect();
                    problems.push(InputProblem::new(code, &path, message));
                }
            }
        }
        Ok((problems, any_ready))
    }

    /// The state of a source as named, or why it cannot be asked.
    async fn look_at(
        &self,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<Result<SourceState, (CreateQueryErrorCode, String)>, Error> {
        use CreateQueryErrorCode::{SourceForbidden, SourceUnknown};
        let Some(kind) = source::find(name) else {
            return Ok(Err((SourceUnknown, unknown(name))));
        };
        match self.connector(name).map(|connector| connector.check(name)) {
            Some(Err(NameError::Invalid(message))) => return Ok(Err((SourceUnknown, message))),
            Some(Err(NameError::Forbidden(message))) => return Ok(Err((SourceForbidden, message))),
            Some(Ok(())) | None => {}
        }
        let Some(dataset) = name.strip_prefix("dataset:") else {
            return Ok(Ok(self.source_state(kind)));
        };
        if self.store.dataset(workspace, dataset).await?.is_some() {
            return Ok(Ok(self.source_state(kind)));
        }
        let message = format!(
            "there is no dataset named `{dataset}`; upload it with PUT /v1/datasets/{{name}} first"
        );
        Ok(Err((SourceUnknown, message)))
    }

    fn none_ready(&self, sources: &[String], ready: &[String]) -> InputProblem {
        let message = if ready.is_empty() {
            "no source is ready on this server; upload a dataset with PUT /v1/datasets/{name} and ask \
             `dataset:{name}`"
                .to_owned()
        } else {
            let (asked, ready) = (sources.join(", "), ready.join(", "));
            let kinds = sources.iter().filter_map(|name| Some((name, source::find(name)?)));
            let how = kinds.filter_map(|(name, kind)| {
                Some(format!("; for {name}: {}", self.source_about(kind).reason?))
            });
            let how: String = how.collect();
            format!("none of {asked} is configured on this server; ready are: {ready}{how}")
        };
        InputProblem::new(CreateQueryErrorCode::SourceNotConfigured, &["sources"], message)
    }
}

fn unknown(name: &str) -> String {
    let base = name.split(':').next().unwrap_or_default();
    let with_argument = CATALOGUE.iter().find(|kind| kind.takes_argument && kind.name == base);
    if let Some(kind) = with_argument {
        let example = if kind.name == "rss" { "https://example.com/feed.xml" } else { "…" };
        return format!("`{name}` needs an argument: write `{0}:{example}`", kind.name);
    }
    let names: Vec<String> = CATALOGUE
        .iter()
        .map(|kind| if kind.takes_argument { format!("{}:…", kind.name) } else { kind.name.into() })
        .collect();
    let shown: String = name.chars().take(60).collect();
    format!("nobody knows a source `{shown}`; known are {}", names.join(", "))
}
