//! The mutation root.

use async_graphql::{Context, Object};

use super::context::{domain, principal};
use super::errors::to_graphql;
use super::inputs::CreateQueryInput;
use super::payloads::{CreateQueryPayload, CreateQueryUserError};
use super::types::job::Job;
use super::types::query::SavedQuery;
use crate::domain::query::CreateQueryError;
use crate::model::api_key::Scope;

pub struct Mutation;

/// Everything that changes something; needs a key with scope `write`.
#[Object]
impl Mutation {
    /// Saves a question and, unless `run` is false, runs it at once.
    async fn create_query(
        &self,
        ctx: &Context<'_>,
        input: CreateQueryInput,
    ) -> async_graphql::Result<CreateQueryPayload> {
        let who = principal(ctx, Scope::Write)?;
        match domain(ctx)?.create_query(who, input.into()).await {
            Ok(created) => Ok(CreateQueryPayload {
                query: Some(SavedQuery(created.query)),
                job: created.job.map(Job),
                cursor: Some(created.cursor.to_string()),
                user_errors: Vec::new(),
            }),
            Err(CreateQueryError::Invalid(problems)) => Ok(CreateQueryPayload {
                query: None,
                job: None,
                cursor: None,
                user_errors: problems.into_iter().map(CreateQueryUserError).collect(),
            }),
            Err(CreateQueryError::Failed(error)) => Err(to_graphql(ctx, error)),
        }
    }
}
