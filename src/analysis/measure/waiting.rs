//! Posts that wait for the labels of a model before they are counted: all that match, as far as they are not too
//! many. So either all of an answer's posts are labelled by the model, or none is.

use crate::model::document::Document;
use crate::model::sentiment::{Method, Sentiment};

use super::record::Keys;
use super::{Found, Measure, feelings};

/// Those that wait, in the order they came in.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    posts: Vec<(Document, Found)>,
    most: usize,
}

/// Whether posts wait for labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// No labels are wanted.
    No,
    Yes,
    /// Too many came, so all were counted without labels.
    TooMany,
}

impl Measure {
    /// From now on posts that match wait, at most so many, where the question asks what posts feel.
    pub fn wait_for_labels(&mut self, most: usize) {
        if self.plan.feels(&self.filters) {
            self.waiting = Some(Waiting { posts: Vec::new(), most });
            self.waited = Waited::Yes;
        }
    }

    pub fn waited(&self) -> Waited {
        self.waited
    }

    /// The posts that wait.
    pub fn waiting(&self) -> impl Iterator<Item = &Document> {
        self.waiting.iter().flat_map(|waiting| &waiting.posts).map(|(document, _)| document)
    }

    /// Counts the posts that wait, each with its label: as many as there are posts, in their order.
    pub fn label(&mut self, labels: &[Sentiment], method: Method) {
        let posts = self.waiting.take().map(|waiting| waiting.posts).unwrap_or_default();
        let model = method.model.as_deref().unwrap_or_default();
        let how = format!("what a post feels is told by the model {model}, once for each text");
        self.plan.notes.iter_mut().filter(|note| *note == feelings::HOW).for_each(|note| {
            note.clone_from(&how);
        });
        self.labelled_by = Some(method);
        for ((mut document, found), label) in posts.into_iter().zip(labels) {
            document.label = Some(*label);
            self.take_again(&document, found);
        }
    }

    /// Counts the posts that wait without labels of a model.
    pub fn release(&mut self) {
        for (document, found) in self.waiting.take().map(|one| one.posts).unwrap_or_default() {
            self.take_again(&document, found);
        }
    }

    /// Takes a document that matches, now or later.
    pub(super) fn take_or_wait(&mut self, document: &Document, found: Found, keys: Option<&Keys>) {
        let Some(waiting) = &mut self.waiting else { return self.take(document, found, keys) };
        waiting.posts.push((document.clone(), found));
        if waiting.posts.len() > waiting.most {
            self.waited = Waited::TooMany;
            self.release();
        }
    }

    fn take_again(&mut self, document: &Document, found: Found) {
        self.matcher.look(document, &mut self.sight);
        self.take(document, found, None);
    }
}
