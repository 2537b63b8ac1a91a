//! Reading a part of a long list by keyset: constant cost however far along the list it is.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use super::StoreError;
use super::sql::first;
use crate::model::page::{Page, Slice};

/// Reads one slice of `select`, newest (greatest id) first.
pub async fn read<E, C>(
    connection: &C,
    mut select: Select<E>,
    id: E::Column,
    slice: &Slice,
) -> Result<Page<E::Model>, StoreError>
where
    E: EntityTrait,
    C: ConnectionTrait,
{
    if let Some(after) = &slice.after {
        select = select.filter(id.lt(after.as_str()));
    }
    if let Some(before) = &slice.before {
        select = select.filter(id.gt(before.as_str()));
    }
    select = if slice.from_end { select.order_by_asc(id) } else { select.order_by_desc(id) };
    let mut items = first(connection, select, slice.count + 1).await?;
    let has_more = items.len() as u64 > slice.count;
    items.truncate(usize::try_from(slice.count).unwrap_or(usize::MAX));
    if slice.from_end {
        items.reverse();
    }
    Ok(Page { items, has_more })
}
