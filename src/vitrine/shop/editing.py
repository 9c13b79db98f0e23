"""Change some fields of a product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vitrine.catalog import parse_price, translate
from vitrine.errors import UsageError, unknown
from vitrine.types import Price, Product

_FIXED = {"product_id", "photos", "original", "added_at"}


def patched(product: Product, values: Mapping[str, Any]) -> Product:
    """Give the product with these fields changed, translated as a reader would.

    Raises:
        UsageError: a field does not exist, cannot be patched, or takes another kind of value.
    """
    fields = set(Product.__dataclass_fields__) - _FIXED
    for name in values:
        if name not in fields:
            raise UsageError(unknown("field to patch", name, fields))
    return replace(product, **{name: _value(name, value) for name, value in values.items()})


def _value(name: str, value: Any) -> Any:
    if name in ("price", "sale_price"):
        return parse_price(value) if isinstance(value, str) else _of_kind(name, value, Price | None)
    if name == "year":
        return _of_kind(name, value, int | None)
    if name == "extra":
        return {**_of_kind(name, value, Mapping)}
    return translate(name, _of_kind(name, value, str))


def _of_kind(name: str, value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise UsageError(f"field {name!r} cannot be set to {value!r}")
    return value
