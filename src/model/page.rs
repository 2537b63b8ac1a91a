//! A part of a long list, by keyset: newest first, between two ids.

/// Which part of a list is wanted. Lists are ordered newest first, by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Most items to return.
    pub count: u64,
    /// Only items that come after this id.
    pub after: Option<String>,
    /// Only items that come before this id.
    pub before: Option<String>,
    /// Take the items from the end of the list rather than from its beginning.
    pub from_end: bool,
}

impl Slice {
    pub fn first(count: u64) -> Self {
        Self { count, after: None, before: None, from_end: false }
    }

    /// What is wanted when it begins where the list does; `None` when it is between cursors.
    pub fn first_page(&self) -> Option<First> {
        let is_first = self.after.is_none() && self.before.is_none();
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
