//! Lists in parts, and parameters that several routes have in common.

use std::convert::Infallible;
use std::mem;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::extract::rejection::QueryRejection;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::model::page::{Place, Slice};

/// Most entries of one answer.
const MOST: u64 = 100;

/// Parameters that are the same wherever they are taken.
pub trait Shared: DeserializeOwned {
    const NAMES: &'static [&'static str];
}

/// Which part of a list is wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Only what is behind this: `next_cursor` of an answer in the same order.
    #[param(nullable = false)]
    after: Option<String>,
    /// Most entries of the answer.
    #[serde(default = "most")]
    #[param(default = 100, minimum = 1, maximum = 100)]
    limit: u64,
}

fn most() -> u64 {
    MOST
}

impl Shared for Paging {
    const NAMES: &'static [&'static str] = &["after", "limit"];
}

impl Paging {
    /// The part of a list whose cursors are read like this.
    pub fn slice(&self, place: impl Fn(&str) -> Option<Place>) -> Result<Slice, Problem> {
        let bad = |code: &str, message| Problem::new(StatusCode::BAD_REQUEST, code, message);
        if !(1..=MOST).contains(&self.limit) {
            return Err(bad("BAD_USER_INPUT", format!("`limit` is from 1 to {MOST}")));
        }
        let after = self.after.as_deref().map(|cursor| {
            let message = "`after` is not a cursor of this list in this order; take `next_cursor` \
                           of an answer";
            place(cursor).ok_or_else(|| bad("CURSOR_INVALID", message.to_owned()))
        });
        Ok(Slice { after: after.transpose()?, ..Slice::first(self.limit) })
    }

    /// The part of a list in the order of its ids.
    pub fn slice_by_id<I: FromStr + ToString>(&self) -> Result<Slice, Problem> {
        self.slice(|cursor| cursor.parse::<I>().ok().as_ref().map(Place::of_id))
    }
}

/// The parameters behind the question mark, each as it came: for routes that take shared ones and others.
pub struct Pairs(Vec<String>);

impl<S: Sync> FromRequestParts<S> for Pairs {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let pairs = parts.uri.query().unwrap_or_default().split('&');
        Ok(Self(pairs.map(str::to_owned).collect()))
    }
}

impl Pairs {
    /// Takes the shared ones out.
    pub fn take<T: Shared>(&mut self) -> Result<T, Problem> {
        let is_own = |pair: &String| T::NAMES.contains(&name(pair));
        let (own, others): (Vec<String>, _) = mem::take(&mut self.0).into_iter().partition(is_own);
        self.0 = others;
        read(&own)
    }

    /// What was not taken out; refused when it is not known.
    pub fn rest<T: DeserializeOwned>(self) -> Result<T, Problem> {
        read(&self.0)
    }
}

fn name(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(name, _)| name)
}

fn read<T: DeserializeOwned>(pairs: &[String]) -> Result<T, Problem> {
    let query: Result<Uri, _> = format!("/?{}", pairs.join("&")).parse();
    let query = query.map_err(|error| {
        let message = format!("the parameters of the request cannot be read: {error}");
        Problem::new(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", message)
    })?;
    let read: Result<axum::extract::Query<T>, QueryRejection> =
        axum::extract::Query::try_from_uri(&query);
    Ok(read?.0)
}
