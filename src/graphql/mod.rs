//! The schema: it translates between GraphQL and the use cases of the domain and decides nothing.
//!
//! `schema.graphql` at the top of the tree is what [`sdl`] prints.

mod batch;
mod check;
mod connection;
pub mod context;
mod errors;
mod inputs;
mod limits;
mod lists;
pub mod loaders;
mod mutation;
mod operations;
mod payloads;
mod query;
mod scalars;
mod subscription;
mod types;

use async_graphql::connection::Connection;
use async_graphql::{Json, SDLExportOptions};
use serde_json::Value;

use crate::domain::Domain;
use connection::Counted;
use limits::{Limits, MAX_COST, MAX_DEPTH, MAX_DIRECTIVES};
use mutation::Mutation;
use payloads::UserError;
use query::Query;
use subscription::Subscription;
use types::api_key::ApiKey;
use types::audit_entry::AuditEntry;
use types::dataset::Dataset;
use types::delivery::Delivery;
use types::download_link::DownloadLink;
use types::event::Event;
use types::job::Job;
use types::pin::Pin;
use types::query::SavedQuery;
use types::scrape_log::ScrapeLog;
use types::storage_object::StorageObject;
use types::webhook_endpoint::WebhookEndpoint;

pub use check::Checker;
pub use errors::to_graphql;
pub use operations::Operations;

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

type Builder = async_graphql::SchemaBuilder<Query, Mutation, Subscription>;

/// The schema over a domain.
pub fn build(domain: Domain, introspection: bool) -> Schema {
    opened(limited().data(domain), introspection)
}

/// The schema in the schema definition language, as committed in `schema.graphql`.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_arguments().include_specified_by();
    builder().finish().sdl_with_options(options)
}

/// The schema with its limits.
fn limited() -> Builder {
    let builder = builder().limit_depth(MAX_DEPTH).limit_complexity(MAX_COST);
    builder.limit_directives(MAX_DIRECTIVES).extension(Limits)
}

fn opened(builder: Builder, introspection: bool) -> Schema {
    if introspection {
        return builder.finish();
    }
    // Suggestions would spell the schema out, a name at a time.
    builder.disable_introspection().disable_suggestions().finish()
}

fn builder() -> Builder {
    async_graphql::Schema::build(Query, Mutation::default(), Subscription)
        .register_output_type::<UserError>()
        .override_output_type_description::<Json<Value>>("Any JSON value.")
        .override_output_type_description::<Counted<SavedQuery>>("A part of a list of queries.")
        .override_output_type_description::<Counted<Job>>("A part of a list of jobs.")
        .override_output_type_description::<Counted<StorageObject>>("A part of a list of results.")
        .override_output_type_description::<Counted<Delivery>>("A part of a list of deliveries.")
        .override_output_type_description::<Counted<ScrapeLog>>("A part of a list of exchanges.")
        .override_output_type_description::<Counted<WebhookEndpoint>>(
            "A part of a list of endpoints.",
        )
        .override_output_type_description::<Counted<ApiKey>>("A part of a list of keys.")
        .override_output_type_description::<Counted<DownloadLink>>("A part of a list of links.")
        .override_output_type_description::<Counted<Pin>>("A part of a list of pins.")
        .override_output_type_description::<Counted<AuditEntry>>("A part of the audit log.")
        .override_output_type_description::<Counted<Dataset>>("A part of a list of datasets.")
        .override_output_type_description::<Connection<String, Event>>("A part of the log.")
}
