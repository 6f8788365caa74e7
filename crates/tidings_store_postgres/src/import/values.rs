//! Values of the shared form, written and read as the types of the columns here.

use bytes::{BufMut as _, BytesMut};
use tidings_store::copy::Value;
use tokio_postgres::Row;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::convert::{stored, text_option, unreadable};
use crate::failure::Result;

/// A value on its way into a column.
#[derive(Debug)]
pub(super) struct Stored<'a>(pub(super) &'a Value);

type Written = std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

impl ToSql for Stored<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Written {
        match (self.0, kind) {
            (Value::Null, _) => return Ok(IsNull::Yes),
            (Value::Number(number), &Type::BOOL) => out.put_u8(match number {
                0 => 0,
                1 => 1,
                _ => return Err("neither true nor false".into()),
            }),
            (Value::Number(number), &Type::INT2) => out.put_i16((*number).try_into()?),
            (Value::Number(number), &Type::INT4) => out.put_i32((*number).try_into()?),
            (Value::Number(number), &Type::INT8) => out.put_i64(*number),
            (Value::Text(text), &Type::TEXT) => out.put_slice(stored(text).as_bytes()),
            (Value::Bytes(bytes), &Type::BYTEA) => out.put_slice(bytes),
            (_, kind) => return Err(format!("it does not fit into a column of type {kind}").into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The value in a column.
pub(super) fn read(row: &Row, column: usize, kind: &Type) -> Result<Value> {
    let number = |number: Option<i64>| number.map_or(Value::Null, Value::Number);
    Ok(match *kind {
        Type::BOOL => number(row.try_get::<_, Option<bool>>(column)?.map(i64::from)),
        Type::INT2 => number(row.try_get::<_, Option<i16>>(column)?.map(i64::from)),
        Type::INT4 => number(row.try_get::<_, Option<i32>>(column)?.map(i64::from)),
        Type::INT8 => number(row.try_get(column)?),
        Type::TEXT => text_option(row, column)?.map_or(Value::Null, Value::Text),
        Type::BYTEA => row
            .try_get::<_, Option<&[u8]>>(column)?
            .map_or(Value::Null, |bytes| Value::Bytes(bytes.to_vec())),
        _ => return Err(unreadable(column, format!("a type of {kind}"))),
    })
}
