//! What lists are narrowed by, the same on both databases.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{ColumnTrait, Condition};

use super::convert::millis;

/// Whether a text has this part; A to Z are the same in either case.
pub(super) fn contains(text: Expr, part: &str) -> Expr {
    // No text has it, and PostgreSQL cannot be asked for it.
    if part.contains('\0') {
        return Expr::val(1).eq(0);
    }
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for character in part.to_ascii_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    Expr::expr(Func::lower(text)).like(LikeExpr::new(pattern).escape('\\'))
}

/// Whether an instant is behind the one and before the other.
pub(super) fn created_between(
    column: impl ColumnTrait,
    after: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
) -> Option<Condition> {
    let after = after.map(|after| column.gt(millis(after)));
    let before = before.map(|before| column.lt(millis(before)));
    let bounds = after.into_iter().chain(before);
    let both = bounds.fold(Condition::all(), Condition::add);
    (!both.is_empty()).then_some(both)
}
