//! A part of a long list, by keyset: between two places of an order that no two rows share.

/// Which part of a list is wanted. Lists are ordered newest first, by id, unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Most items to return.
    pub count: u64,
    /// Only items that come after this place.
    pub after: Option<Place>,
    /// Only items that come before this place.
    pub before: Option<Place>,
    /// Take the items from the end of the list rather than from its beginning.
    pub from_end: bool,
    /// Whether the least comes first.
    pub ascending: bool,
}

/// A place in a list that is ordered by something, then by id; or by id alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub key: Option<SortKey>,
    pub id: String,
}

/// What a list is ordered by, of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortKey {
    Number(i64),
    Text(String),
}

/// What the items of a list can be ordered by.
pub trait SortField: Copy + Default {
    type Item;

    /// As cursors name it; `None` for the id, which grows with the time that a row was made.
    fn name(self) -> Option<&'static str>;
    /// Where an item is.
    fn place(self, item: &Self::Item) -> Place;
}

/// How a list is ordered; newest first unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order<F> {
    pub field: F,
    pub ascending: bool,
}

impl Place {
    pub fn of_id(id: &impl ToString) -> Self {
        Self { key: None, id: id.to_string() }
    }

    /// The text for it in a list that is ordered so; it cannot be used in one that is ordered otherwise.
    pub fn cursor(&self, field: impl SortField) -> String {
        let Self { key, id } = self;
        match (field.name(), key) {
            (Some(name), Some(SortKey::Number(number))) => format!("{name}:{number}:{id}"),
            (Some(name), Some(SortKey::Text(text))) => {
                format!("{name}:x{}:{id}", hex::encode(text))
            }
            _ => id.clone(),
        }
    }

    /// The place that a cursor of such a list means.
    pub fn parse(cursor: &str, field: impl SortField) -> Option<Self> {
        let Some(name) = field.name() else { return Some(Self::of_id(&cursor)) };
        let mut parts = cursor.split(':');
        let (Some(given), Some(key), Some(id), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let key = match key.strip_prefix('x') {
            Some(text) => SortKey::Text(String::from_utf8(hex::decode(text).ok()?).ok()?),
            None => SortKey::Number(key.parse().ok()?),
        };
        (given == name).then(|| Self { key: Some(key), id: id.to_owned() })
    }
}

impl Slice {
    pub fn first(count: u64) -> Self {
        Self { count, after: None, before: None, from_end: false, ascending: false }
    }

    /// What is wanted when it begins where the list does; `None` when it is between cursors, or in another
    /// order.
    pub fn first_page(&self) -> Option<First> {
        let is_first = self.after.is_none() && self.before.is_none() && !self.ascending;
        is_first.then_some(First { count: self.count, from_end: self.from_end })
    }
}

/// The items at one end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct First {
    /// Most items to return.
    pub count: u64,
    /// Take the items from the end of the list rather than from its beginning.
    pub from_end: bool,
}

/// A part of a list, in list order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Whether the list goes on in the direction that was read.
    pub has_more: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { items: Vec::new(), has_more: false }
    }
}

impl<T> Page<T> {
    /// Converts every item, or answers the first failure.
    ///
    /// # Errors
    /// What `convert` answers.
    pub fn try_map<U, E>(self, convert: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let items = self.items.into_iter().map(convert).collect::<Result<_, _>>()?;
        Ok(Page { items, has_more: self.has_more })
    }
}
