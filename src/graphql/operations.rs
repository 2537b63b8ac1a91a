//! Queries and mutations, each checked and paid for before anything of it is executed.

use async_graphql::{Request, Response, ValidationMode};

use super::check::Unexecuted;
use super::context::RequestInfo;
use super::limits::OperationCost;
use super::loaders::Loaders;
use super::{Schema, builder, limited, opened};
use crate::domain::Domain;
use crate::model::api_key::Principal;

/// Two schemas that are the same but for their extensions: while there is one, the library looks at each
/// field of each object by it, which costs more than the fields of a list themselves.
#[derive(Clone)]
pub struct Operations {
    domain: Domain,
    /// Checks and pays.
    gate: Schema,
    /// Executes what has passed the gate.
    executor: Schema,
}

impl Operations {
    pub fn new(domain: Domain, introspection: bool) -> Self {
        let gate = limited().extension(Unexecuted).data(domain.clone());
        let executor = builder().validation_mode(ValidationMode::Fast).data(domain.clone());
        let (gate, executor) = (opened(gate, introspection), opened(executor, introspection));
        Self { domain, gate, executor }
    }

    /// The answer, with what it cost, and what is left to the key in its headers.
    pub async fn execute(
        &self,
        mut request: Request,
        who: Principal,
        info: RequestInfo,
    ) -> Response {
        let cost = OperationCost::default();
        let admitted =
            self.gate.execute(copy(&mut request).data(who).data(info).data(cost.clone())).await;
        if admitted.is_err() {
            return admitted;
        }
        let request = request.data(who).data(info).data(cost);
        let request = request.data(Loaders::new(self.domain.clone(), who));
        let mut response = self.executor.execute(request).await;
        response.http_headers.extend(admitted.http_headers);
        response.extensions.extend(admitted.extensions);
        response
    }
}

/// The same operation; it is parsed but once. A document that cannot be parsed is for the gate to report.
fn copy(request: &mut Request) -> Request {
    let mut copy = Request::new(request.query.clone()).variables(request.variables.clone());
    copy.operation_name.clone_from(&request.operation_name);
    if let Ok(document) = request.parsed_query() {
        copy.set_parsed_query(document.clone());
    }
    copy
}
