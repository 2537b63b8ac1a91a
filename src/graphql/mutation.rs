//! The mutation root: what each part of it changes has a file of its own.

mod query;
mod storage;
mod webhook_endpoint;
mod workspace;

use async_graphql::MergedObject;

use query::QueryMutations;
use storage::StorageMutations;
use webhook_endpoint::WebhookEndpointMutations;
use workspace::WorkspaceMutations;

/// Everything that changes something; needs a key with scope `write`, unless it says otherwise.
#[derive(Default, MergedObject)]
pub struct Mutation(QueryMutations, StorageMutations, WebhookEndpointMutations, WorkspaceMutations);
