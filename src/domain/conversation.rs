//! Asking a model for something that is checked: where its answer cannot be used it is told why, and asked once
//! more.

use std::time::Instant;

use serde_json::Value;

use crate::llm::{Ask, Llm, LlmError, Role};
use crate::model::reading::TokenUsage;

/// How often a model answers: after the first answer it is told what is wrong with it.
const TURNS: usize = 2;
/// Characters of why an answer is of no use.
const LONGEST_WHY: usize = 400;

/// What is asked for, and the form of the answer.
pub(super) struct Wanted<'a> {
    pub instructions: &'a str,
    pub question: String,
    /// What the form is called.
    pub name: &'a str,
    /// JSON Schema.
    pub form: &'a Value,
}

/// A conversation under way.
pub(super) struct Conversation<'a> {
    llm: &'a Llm,
    name: &'a str,
    form: &'a Value,
    messages: Vec<(Role, String)>,
    turns: usize,
    until: Instant,
    why: String,
    /// What it took so far.
    pub usage: TokenUsage,
}

impl<'a> Conversation<'a> {
    pub fn begin(llm: &'a Llm, wanted: Wanted<'a>) -> Self {
        let Wanted { instructions, question, name, form } = wanted;
        Self {
            llm,
            name,
            form,
            messages: vec![(Role::System, instructions.to_owned()), (Role::User, question)],
            turns: 0,
            until: llm.until(),
            why: String::new(),
            usage: TokenUsage::default(),
        }
    }

    /// The next answer.
    ///
    /// # Errors
    /// Why there is none, for people: the model does not answer, or none of its answers was of use.
    pub async fn next(&mut self) -> Result<String, String> {
        if self.turns == TURNS {
            return Err(format!("its answer cannot be used: {}", self.why));
        }
        self.turns += 1;
        let Self { messages, name, form: schema, until, .. } = self;
        match self.llm.ask(&Ask { messages, name, schema, until: *until }).await {
            Ok(answered) => {
                self.usage += answered.usage;
                Ok(answered.text)
            }
            Err(LlmError { why, usage }) => {
                self.usage += usage;
                Err(why)
            }
        }
    }

    /// Tells what is wrong with an answer.
    pub fn refuse(&mut self, answer: String, faults: &[String]) {
        self.why = faults.join("; ").chars().take(LONGEST_WHY).collect();
        let told = format!("That cannot be used: {}. Answer again, as a whole.", self.why);
        self.messages.extend([(Role::Assistant, answer), (Role::User, told)]);
    }
}
