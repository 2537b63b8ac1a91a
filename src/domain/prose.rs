//! Who writes the text of a summary: a language model where the operator has one, from what was computed and
//! the posts that stand for the others; else, or where its text cannot be taken, it is the one that the figures
//! make. No figure changes by it.

use super::Domain;
use super::conversation::{Conversation, Wanted};
use crate::analysis::measure::EXTRACTIVE;
use crate::analysis::prose::by_model::{self, FORM_NAME, INSTRUCTIONS, MODEL_VERSION};
use crate::model::result::ResultDocument;
use crate::model::summary::{BY_MODEL, SummaryMethod};

impl Domain {
    /// Lets a model write the text of a result's summary, if it has one and the operator lets it.
    pub async fn write_summary(&self, result: &mut ResultDocument) {
        let Some(llm) = self.llm.as_ref().filter(|llm| llm.writes_summaries()) else { return };
        let Some(question) = by_model::question(&result.prompt, &result.result) else { return };
        let form = by_model::form();
        let wanted = Wanted { instructions: INSTRUCTIONS, question, name: FORM_NAME, form };
        let mut conversation = Conversation::begin(llm, wanted);
        let written = loop {
            let answer = match conversation.next().await {
                Ok(answer) => answer,
                Err(why) => break Err(why),
            };
            match by_model::take(&answer, &result.result) {
                Ok(text) => break Ok(text),
                Err(faults) => conversation.refuse(answer, &faults),
            }
        };
        let counts = &self.metrics().llm;
        counts.took(conversation.usage);
        counts.wrote(written.is_ok());
        let Some(summary) = &mut result.result.summary else { return };
        let model = llm.model();
        summary.method.usage = Some(conversation.usage);
        let said = match written {
            Ok(text) => {
                summary.text = text;
                summary.method = SummaryMethod {
                    kind: BY_MODEL.to_owned(),
                    version: MODEL_VERSION.to_owned(),
                    model: Some(model.to_owned()),
                    usage: Some(conversation.usage),
                };
                result.assumptions.retain(|said| said != EXTRACTIVE);
                format!(
                    "the text of the summary was written by the model {model}; each number in it is one of the \
                     figures, and its points are posts, quoted"
                )
            }
            Err(why) => {
                tracing::warn!(job = result.job_id, model, why, "a model did not write a summary");
                summary.method.model = Some(model.to_owned());
                format!("the model could not write the summary: {why}")
            }
        };
        result.assumptions.push(said);
    }
}
