//! Who reads a prompt: whoever asked says how it is meant, else a language model reads it where the operator
//! has one, else the grammar does; and the grammar where a model does not answer as it should.

use serde::Deserialize as _;
use serde_json::Value;

use super::Domain;
use super::conversation::{Conversation, Wanted};
use super::reading::{Beside, FORM, Understood, meant};
use crate::analysis::measure;
use crate::analysis::reading::by_model::{self, FORM_NAME, INSTRUCTIONS, MODEL_VERSION};
use crate::analysis::reading::{self, Read, ReadRequest};
use crate::error::Error;
use crate::llm::Llm;
use crate::model::id::WorkspaceId;
use crate::model::reading::{Intent, Reader, Reading, TokenUsage};

/// What a model made of a prompt, and what that took.
struct ByModel {
    read: Result<Read, String>,
    usage: TokenUsage,
}

impl Domain {
    /// Understands a prompt. A given reading was found right before, by [`super::reading::check`].
    ///
    /// # Errors
    /// When what is stored cannot be looked at.
    pub(super) async fn understand(
        &self,
        workspace: WorkspaceId,
        prompt: &str,
        given: Option<&Value>,
        beside: &Beside<'_>,
    ) -> Result<Understood, Error> {
        if let Some(reading) = given.and_then(|given| Reading::deserialize(given).ok()) {
            let reader = Reader::of("given", FORM);
            return Ok(Understood { reading, assumptions: Vec::new(), reader });
        }
        let Some(llm) = &self.llm else { return Ok(by_grammar(prompt, beside)) };
        if let Some(understood) = self.readings.get(workspace, prompt, beside) {
            return Ok(understood);
        }
        let ByModel { read, usage } = self.read_by_model(workspace, llm, prompt, beside).await?;
        let counts = &self.metrics().llm;
        counts.took(usage);
        counts.read(read.is_ok());
        let mut understood = by_grammar(prompt, beside);
        let why = match read {
            Ok(read) if read.reading.intent != Intent::Unsupported => {
                let reader = Reader {
                    model: Some(llm.model().to_owned()),
                    usage: Some(usage),
                    ..Reader::of("model", MODEL_VERSION)
                };
                let understood = answerable(read, reader);
                self.readings.put(workspace, prompt, beside, &understood);
                return Ok(understood);
            }
            // What neither of them can read, the model says better: it was not looking for words it knows.
            Ok(read) if understood.reading.intent == Intent::Unsupported => {
                understood.reading.reason = read.reading.reason;
                String::new()
            }
            Ok(read) => format!("it said that it {}", read.reading.reason.unwrap_or_default()),
            Err(why) => why,
        };
        understood.reader.model = Some(llm.model().to_owned());
        understood.reader.usage = Some(usage);
        if !why.is_empty() {
            tracing::warn!(
                model = llm.model(),
                why,
                "a model did not read a prompt: the grammar did"
            );
            let said =
                format!("the built-in grammar read the prompt, as the model could not: {why}");
            understood.assumptions.push(said);
        }
        Ok(understood)
    }

    async fn read_by_model(
        &self,
        workspace: WorkspaceId,
        llm: &Llm,
        prompt: &str,
        beside: &Beside<'_>,
    ) -> Result<ByModel, Error> {
        let wanted = Wanted {
            instructions: INSTRUCTIONS,
            question: by_model::question(prompt, &beside.request()),
            name: FORM_NAME,
            form: by_model::form(),
        };
        let mut conversation = Conversation::begin(llm, wanted);
        loop {
            let answer = match conversation.next().await {
                Ok(answer) => answer,
                Err(why) => return Ok(ByModel { read: Err(why), usage: conversation.usage }),
            };
            let faults = match by_model::take(&answer, prompt) {
                Ok(read) => match self.faults(workspace, &read, beside).await? {
                    faults if faults.is_empty() => {
                        return Ok(ByModel { read: Ok(read), usage: conversation.usage });
                    }
                    faults => faults,
                },
                Err(faults) => faults,
            };
            conversation.refuse(answer, &faults);
        }
    }

    /// What no form can say of a reading, and what is stored says.
    async fn faults(
        &self,
        workspace: WorkspaceId,
        read: &Read,
        beside: &Beside<'_>,
    ) -> Result<Vec<String>, Error> {
        if read.reading.intent == Intent::Unsupported {
            return Ok(Vec::new());
        }
        let mut problems =
            meant(&read.reading, beside.date_range, beside.reference, beside.timezone);
        problems.extend(self.check_named_sources(workspace, read.reading.sources.as_ref()).await?);
        Ok(problems.into_iter().map(|problem| problem.message).collect())
    }
}

impl Beside<'_> {
    fn request(&self) -> ReadRequest<'_> {
        ReadRequest {
            sources: (!self.sources.is_empty()).then_some(self.sources),
            date_range: self.date_range,
            reference: self.reference,
            timezone: self.timezone,
        }
    }
}

fn by_grammar(prompt: &str, beside: &Beside<'_>) -> Understood {
    let read = reading::read(prompt, &beside.request());
    answerable(read, Reader::of("builtin", reading::VERSION))
}

/// What can be read and not be answered yet is refused.
fn answerable(read: Read, reader: Reader) -> Understood {
    match measure::missing(&read.reading) {
        None => Understood { reading: read.reading, assumptions: read.assumptions, reader },
        Some(missing) => {
            let reason = Some(missing.to_owned());
            let reading = Reading { reason, ..Reading::of(Intent::Unsupported) };
            Understood { reading, assumptions: Vec::new(), reader }
        }
    }
}
