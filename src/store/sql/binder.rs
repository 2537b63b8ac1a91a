//! The values of a statement, and the text that stands for them.
//!
//! Lists and rows come in any number. On PostgreSQL they go as arrays, one for each column, so that the
//! text stays the same and the server's plan for it is made once; SQLite takes them one by one.

use sea_orm::{DbBackend, Statement, Value};

/// Collects the values of a statement while its text is written: values are bound in the order in
/// which their placeholders stand.
pub struct Binder {
    backend: DbBackend,
    values: Vec<Value>,
}

impl Binder {
    pub fn new(backend: DbBackend) -> Self {
        Self { backend, values: Vec::new() }
    }

    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Adds a value and gives its placeholder.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        match self.backend {
            DbBackend::Sqlite => "?".to_owned(),
            _ => format!("${}", self.values.len()),
        }
    }

    /// What follows a column that is to be one of these values.
    pub fn one_of<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        if self.backend == DbBackend::Sqlite {
            return format!("IN ({})", self.list(values));
        }
        if values.is_empty() {
            return "= ANY('{}')".to_owned();
        }
        format!("= ANY({})", self.array(values))
    }

    /// A selection of these rows, each as long as the others; its columns are `column1`, `column2` …
    pub fn rows<R>(&mut self, rows: impl IntoIterator<Item = R>) -> String
    where
        R: IntoIterator<Item = Value>,
    {
        if self.backend != DbBackend::Sqlite {
            return self.arrays(rows);
        }
        let rows: Vec<String> =
            rows.into_iter().map(|row| format!("({})", self.list(row))).collect();
        format!("VALUES {}", rows.join(", "))
    }

    /// How many values there are by now.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    pub fn into_values(self) -> Vec<Value> {
        self.values
    }

    pub fn statement(self, sql: String) -> Statement {
        Statement::from_sql_and_values(self.backend, sql, self.values)
    }

    fn list(&mut self, values: impl IntoIterator<Item = Value>) -> String {
        let placeholders: Vec<String> = values.into_iter().map(|value| self.bind(value)).collect();
        placeholders.join(", ")
    }

    /// None of the values may be null; there is at least one.
    fn array(&mut self, values: Vec<Value>) -> String {
        let kind = values.first().map_or(Value::Bool(None).array_type(), Value::array_type);
        self.bind(Value::Array(kind, Some(Box::new(values))))
    }

    fn arrays<R>(&mut self, rows: impl IntoIterator<Item = R>) -> String
    where
        R: IntoIterator<Item = Value>,
    {
        let (mut selected, mut arrays, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for (number, column) in (1..).zip(columns(rows)) {
            let Column { values, nulls } = column;
            let name = format!("column{number}");
            arrays.push(self.array(values));
            if let Some(nulls) = nulls {
                arrays.push(self.array(nulls));
                selected
                    .push(format!("CASE WHEN null{number} THEN NULL ELSE {name} END AS {name}"));
                names.extend([name, format!("null{number}")]);
            } else {
                selected.push(name.clone());
                names.push(name);
            }
        }
        format!(
            "SELECT {} FROM unnest({}) AS given ({})",
            selected.join(", "),
            arrays.join(", "),
            names.join(", ")
        )
    }
}

/// The values of one column. Arrays are bound without nulls; where there are any, a second array says
/// which values stand for one.
struct Column {
    values: Vec<Value>,
    nulls: Option<Vec<Value>>,
}

fn columns<R>(rows: impl IntoIterator<Item = R>) -> Vec<Column>
where
    R: IntoIterator<Item = Value>,
{
    let mut columns: Vec<Vec<Value>> = Vec::new();
    for row in rows {
        for (index, value) in row.into_iter().enumerate() {
            if columns.len() == index {
                columns.push(Vec::new());
            }
            columns[index].push(value);
        }
    }
    columns.into_iter().map(without_nulls).collect()
}

fn without_nulls(mut values: Vec<Value>) -> Column {
    let is_null = |value: &Value| *value == value.as_null();
    if !values.iter().any(is_null) {
        return Column { values, nulls: None };
    }
    let nulls = values.iter().map(|value| Value::from(is_null(value))).collect();
    for value in values.iter_mut().filter(|value| is_null(value)) {
        *value = value.dummy_value();
    }
    Column { values, nulls: Some(nulls) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(backend: DbBackend) -> Statement {
        let mut binder = Binder::new(backend);
        let first = binder.bind(7_i64);
        let rows = binder.rows([
            [Value::from("a"), Value::from(Some(1_i32)), Value::from(None::<String>)],
            [Value::from("b"), Value::from(None::<i32>), Value::from(None::<String>)],
        ]);
        binder.statement(format!("{first} {rows}"))
    }

    #[test]
    fn sqlite_takes_rows_one_by_one() {
        let statement = rows(DbBackend::Sqlite);
        assert_eq!(statement.sql, "? VALUES (?, ?, ?), (?, ?, ?)");
        assert_eq!(statement.values.unwrap().0.len(), 7);
    }

    #[test]
    fn postgresql_takes_an_array_for_each_column_and_one_for_its_nulls() {
        let statement = rows(DbBackend::Postgres);
        assert_eq!(
            statement.sql,
            "$1 SELECT column1, CASE WHEN null2 THEN NULL ELSE column2 END AS column2, \
             CASE WHEN null3 THEN NULL ELSE column3 END AS column3 \
             FROM unnest($2, $3, $4, $5, $6) AS given (column1, column2, null2, column3, null3)"
        );
        let values = statement.values.unwrap().0;
        let array =
            |values: Vec<Value>| Value::Array(values[0].array_type(), Some(Box::new(values)));
        assert_eq!(values[1], array(vec!["a".into(), "b".into()]));
        assert_eq!(values[2], array(vec![1_i32.into(), 0_i32.into()]));
        assert_eq!(values[3], array(vec![false.into(), true.into()]));
        assert_eq!(values[5], array(vec![true.into(), true.into()]));
    }

    #[test]
    fn a_list_of_any_length_has_one_text_on_postgresql() {
        let text = |backend, ids: &[&str]| {
            let mut binder = Binder::new(backend);
            binder.one_of(ids.iter().copied())
        };
        assert_eq!(text(DbBackend::Postgres, &["a"]), text(DbBackend::Postgres, &["a", "b"]));
        assert_eq!(text(DbBackend::Postgres, &[]), "= ANY('{}')");
        assert_eq!(text(DbBackend::Sqlite, &["a", "b"]), "IN (?, ?)");
    }
}
