//! What resolvers find in their context: the domain, who asks, and the id of the request.

use async_graphql::Context;

use super::errors::to_graphql;
use super::loaders::Loaders;
use crate::domain::{Domain, require};
use crate::error::{Code, Error};
use crate::model::api_key::{Principal, Scope};
use crate::model::id::RequestId;

/// Names the request in errors and in the log.
#[derive(Clone, Copy, Debug)]
pub struct RequestInfo {
    pub id: RequestId,
}

/// The cursor that a transport resumes behind; it goes before the one in the document, which is that of
/// the first time.
#[derive(Clone, Debug)]
pub struct ResumeAfter(pub String);

/// What a transport runs again for an operation that was paid for.
#[derive(Clone, Copy, Debug)]
pub struct Prepaid;

pub fn domain<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Domain> {
    ctx.data::<Domain>()
}

/// Who asks; every transport puts it there once the key is checked.
pub fn principal<'a>(ctx: &Context<'a>, needed: Scope) -> async_graphql::Result<&'a Principal> {
    let missing = || Error::new(Code::Unauthenticated, "send `Authorization: Bearer <API key>`");
    let who = ctx.data_opt::<Principal>().ok_or_else(|| to_graphql(ctx, missing()))?;
    require(who, needed).map_err(|error| to_graphql(ctx, error))?;
    Ok(who)
}

/// The domain and the reader who asks.
pub fn reader<'a>(ctx: &Context<'a>) -> async_graphql::Result<(&'a Domain, &'a Principal)> {
    Ok((domain(ctx)?, principal(ctx, Scope::Read)?))
}

/// The domain and the administrator who asks.
pub fn admin<'a>(ctx: &Context<'a>) -> async_graphql::Result<(&'a Domain, &'a Principal)> {
    Ok((domain(ctx)?, principal(ctx, Scope::Admin)?))
}

pub fn loaders<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Loaders> {
    ctx.data::<Loaders>()
}
