//! What posts feel, as a language model says where the operator lets it: each text of a workspace is asked for
//! once, and its label stays, so that runs agree. Either all posts of an answer have labels of the model, or
//! none has.

use std::collections::{BTreeMap, HashMap};

use futures_util::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};

use super::Domain;
use super::conversation::{Conversation, Wanted};
use crate::analysis::sentiment::by_model::{self, FORM_NAME, INSTRUCTIONS, MODEL_VERSION};
use crate::error::Error;
use crate::llm::Llm;
use crate::model::id::WorkspaceId;
use crate::model::reading::TokenUsage;
use crate::model::sentiment::{Labels, Method, Sentiment};

/// Posts of one answer that a model labels.
pub const MOST_POSTS: usize = 2_000;
/// Posts of one request.
const AT_ONCE: usize = 20;
/// Requests under way for one job.
const REQUESTS: usize = 4;

/// Why posts have no labels of a model.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// The model does not answer, or not as it should.
    #[error("{0}")]
    NotLabelled(String),
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Labels in the order of their posts, and where they come from.
pub type Labelled = (Vec<Sentiment>, Labels);

impl Domain {
    /// Whether a model labels posts here.
    pub fn labels_posts(&self) -> bool {
        self.llm.as_ref().is_some_and(Llm::labels_posts)
    }

    /// Labels posts, given what of them a model is shown.
    ///
    /// # Errors
    /// [`LabelError::NotLabelled`] where the model fails for one of them; labels that it gave until then are kept.
    pub async fn label_posts(
        &self,
        workspace: WorkspaceId,
        texts: &[String],
    ) -> Result<Labelled, LabelError> {
        let Some(llm) = self.llm.as_ref() else {
            return Err(LabelError::NotLabelled("there is no model".to_owned()));
        };
        let method = Method::of_model(llm.model(), MODEL_VERSION);
        let hashes: Vec<String> = texts.iter().map(|text| hash(text)).collect();
        let mut known = self.known(workspace, &method, &hashes).await?;
        let unknown = texts.iter().zip(&hashes).filter(|(_, hash)| !known.contains_key(*hash));
        // By their hashes, so that each is asked for once and requests are alike for the same posts.
        let unknown: BTreeMap<&String, &String> =
            unknown.map(|(text, hash)| (hash, text)).collect();
        let unknown: Vec<(&String, &String)> = unknown.into_iter().collect();
        let mut usage = TokenUsage::default();
        if !unknown.is_empty() {
            let asking = unknown.chunks(AT_ONCE);
            let asking: Vec<_> =
                asking.map(|texts| self.ask(llm, workspace, &method, texts)).collect();
            let asking = stream::iter(asking).buffer_unordered(REQUESTS);
            let took: Vec<TokenUsage> = asking.try_collect().await?;
            for took in took {
                usage += took;
            }
            // Where somebody else has labelled the same text meanwhile, theirs is the one that stays.
            known = self.known(workspace, &method, &hashes).await?;
        }
        let labels: Option<Vec<Sentiment>> =
            hashes.iter().map(|hash| known.get(hash).copied()).collect();
        let lost = || LabelError::NotLabelled("some labels could not be kept".to_owned());
        let is_new = |hash: &&String| unknown.binary_search_by_key(hash, |(new, _)| new).is_ok();
        let was_known = hashes.iter().filter(|hash| !is_new(hash));
        let (posts, known) = (texts.len() as u64, was_known.count() as u64);
        Ok((labels.ok_or_else(lost)?, Labels { method, posts, known, usage }))
    }

    /// The labels that posts have from a model, without asking it; nothing where one of them has none.
    pub async fn kept_labels(
        &self,
        workspace: WorkspaceId,
        method: &Method,
        texts: &[String],
    ) -> Result<Option<Vec<Sentiment>>, Error> {
        let hashes: Vec<String> = texts.iter().map(|text| hash(text)).collect();
        let known = self.known(workspace, method, &hashes).await?;
        Ok(hashes.iter().map(|hash| known.get(hash).copied()).collect())
    }

    async fn known(
        &self,
        workspace: WorkspaceId,
        method: &Method,
        hashes: &[String],
    ) -> Result<HashMap<String, Sentiment>, Error> {
        Ok(self.store.labels(workspace, method, hashes).await?)
    }

    /// Asks for some labels and keeps them.
    async fn ask(
        &self,
        llm: &Llm,
        workspace: WorkspaceId,
        method: &Method,
        texts: &[(&String, &String)],
    ) -> Result<TokenUsage, LabelError> {
        let shown: Vec<String> = texts.iter().map(|(_, text)| (*text).clone()).collect();
        let (question, form) = (by_model::question(&shown), by_model::form());
        let wanted = Wanted { instructions: INSTRUCTIONS, question, name: FORM_NAME, form };
        let mut conversation = Conversation::begin(llm, wanted);
        let labelled = loop {
            let answer = match conversation.next().await {
                Ok(answer) => answer,
                Err(why) => break Err(LabelError::NotLabelled(why)),
            };
            match by_model::take(&answer, shown.len()) {
                Ok(labels) => break Ok(labels),
                Err(faults) => conversation.refuse(answer, &faults),
            }
        };
        let counts = &self.metrics().llm;
        counts.took(conversation.usage);
        counts.labelled(shown.len(), labelled.is_ok());
        let hashes = texts.iter().map(|(hash, _)| (*hash).clone());
        let labels = hashes.zip(labelled?).collect();
        let kept = self.store.insert_labels(workspace, method, labels, self.clock.now()).await;
        kept.map_err(Error::from)?;
        Ok(conversation.usage)
    }
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
