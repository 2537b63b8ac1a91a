//! What a language model read and wrote, and what that took.

use prometheus::IntCounter;

use super::MetricsError;
use super::register::Register;
use crate::model::reading::TokenUsage;

/// Nothing moves where the operator has no model.
pub struct LlmMetrics {
    read: IntCounter,
    unread: IntCounter,
    written: IntCounter,
    unwritten: IntCounter,
    labelled: IntCounter,
    unlabelled: IntCounter,
    prompt_tokens: IntCounter,
    completion_tokens: IntCounter,
}

impl LlmMetrics {
    pub(super) fn new(register: &Register) -> Result<Self, MetricsError> {
        let help = "Prompts that a model was asked to read, by whether its answer was of use";
        let readings = register.counters("llm_readings_total", help, &["outcome"])?;
        let help = "Summaries that a model was asked to write, by whether its text was taken";
        let summaries = register.counters("llm_summaries_total", help, &["outcome"])?;
        let help = "Posts that a model was asked to label, by whether its answer was of use";
        let labels = register.counters("llm_labels_total", help, &["outcome"])?;
        let help = "Tokens that the model says to have taken, by whose they are";
        let tokens = register.counters("llm_tokens_total", help, &["kind"])?;
        Ok(Self {
            read: readings.with_label_values(&["read"]),
            unread: readings.with_label_values(&["fell_back"]),
            written: summaries.with_label_values(&["written"]),
            unwritten: summaries.with_label_values(&["fell_back"]),
            labelled: labels.with_label_values(&["labelled"]),
            unlabelled: labels.with_label_values(&["fell_back"]),
            prompt_tokens: tokens.with_label_values(&["prompt"]),
            completion_tokens: tokens.with_label_values(&["completion"]),
        })
    }

    pub fn read(&self, of_use: bool) {
        if of_use { self.read.inc() } else { self.unread.inc() }
    }

    /// So many posts.
    pub fn labelled(&self, posts: usize, of_use: bool) {
        let counter = if of_use { &self.labelled } else { &self.unlabelled };
        counter.inc_by(posts as u64);
    }

    /// The text of a summary.
    pub fn wrote(&self, of_use: bool) {
        if of_use { self.written.inc() } else { self.unwritten.inc() }
    }

    pub fn took(&self, usage: TokenUsage) {
        self.prompt_tokens.inc_by(usage.prompt_tokens);
        self.completion_tokens.inc_by(usage.completion_tokens);
    }
}
