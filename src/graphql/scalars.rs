//! Scalars of our own.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// Byte and document counts, which may be above 2^31: an integer, exact up to 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Long(pub u64);

#[Scalar]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::Number(number) => {
                let number = number.as_u64();
                number.map(Self).ok_or_else(|| InputValueError::custom("not a whole number"))
            }
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

/// An absolute `http` or `https` address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url(pub String);

#[Scalar]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) if text.starts_with("http://") || text.starts_with("https://") => {
                Ok(Self(text))
            }
            Value::String(_) => Err(InputValueError::custom("not an http or https address")),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}
