//! Reading a part of a long list by keyset: constant cost however far along the list it is.

use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, Order};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select, Value};
use serde::de::DeserializeOwned;

use super::StoreError;
use super::sql::{limited, rows};
use crate::model::page::{Page, Place, Slice, SortKey};

/// Reads one slice of `select`, ordered by id.
pub async fn read<E, C>(
    connection: &C,
    select: Select<E>,
    id: E::Column,
    slice: &Slice,
) -> Result<Page<E::Model>, StoreError>
where
    E: EntityTrait,
    E::Model: DeserializeOwned,
    C: ConnectionTrait,
{
    read_by(connection, select, id, None, slice).await
}

/// Reads one slice of `select`, ordered by `key`, which is never null, then by id.
pub async fn read_by<E, C>(
    connection: &C,
    mut select: Select<E>,
    id: E::Column,
    key: Option<Expr>,
    slice: &Slice,
) -> Result<Page<E::Model>, StoreError>
where
    E: EntityTrait,
    E::Model: DeserializeOwned,
    C: ConnectionTrait,
{
    let own = |place: Option<&Place>| {
        let id = Expr::col(id.as_column_ref().into_column_ref());
        match place {
            None => key.clone().into_iter().chain([id]).collect::<Vec<Expr>>(),
            Some(place) => values(place),
        }
    };
    for (place, is_after) in [(&slice.after, true), (&slice.before, false)] {
        let Some(place) = place else { continue };
        let (row, place) = (Expr::tuple(own(None)), Expr::tuple(own(Some(place))));
        let is_greater = is_after == slice.ascending;
        select = select.filter(if is_greater { row.gt(place) } else { row.lt(place) });
    }
    let order = if slice.ascending == slice.from_end { Order::Desc } else { Order::Asc };
    for part in own(None) {
        select = select.order_by(part, order.clone());
    }
    let statement = limited(connection.get_database_backend(), &select, slice.count + 1);
    let mut items = rows::<E, C>(connection, statement).await?;
    let has_more = items.len() as u64 > slice.count;
    items.truncate(usize::try_from(slice.count).unwrap_or(usize::MAX));
    if slice.from_end {
        items.reverse();
    }
    Ok(Page { items, has_more })
}

fn values(place: &Place) -> Vec<Expr> {
    let key = place.key.as_ref().map(|key| match key {
        SortKey::Number(number) => Value::from(*number),
        SortKey::Text(text) => Value::from(text.as_str()),
    });
    key.into_iter().chain([Value::from(place.id.as_str())]).map(Expr::val).collect()
}
