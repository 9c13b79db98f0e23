"""Hits and facets on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vitrine.cli.output import airy_table, cell, console, n_of, say

if TYPE_CHECKING:
    from vitrine.shop import SearchResult
    from vitrine.types import Hit, Json

_ATTRIBUTES = ("article_type", "colour", "pattern", "gender", "material")
_MOST_VALUES = 12
_MOST_MOMENTS = 3


def print_hits(result: SearchResult) -> None:
    """Draw a table: one row a hit, and why."""
    found = f"{n_of(len(result), 'hit')} in {result.took_ms:.1f} ms"
    if result.total is not None:
        found = f"{n_of(len(result), 'hit')} of {result.total:,} in {result.took_ms:.1f} ms"
    print_table(found, result.hits)


def print_table(title: str, hits: Sequence[Hit]) -> None:
    """Draw hits under a title; columns in which nobody says anything are left out."""
    table = airy_table(title=title)
    rows = [_shown(rank, hit) for rank, hit in enumerate(hits, 1)]
    for name in rows[0]:
        if any(row[name] for row in rows):
            justify = "right" if name in ("#", "score", "price") else "left"
            table.add_column(
                name, justify=justify, overflow="fold", no_wrap=name in ("score", "price")
            )
    for row in rows:
        table.add_row(*(cell(row[str(column.header)]) for column in table.columns))
    console().print(table)


def print_facets(result: SearchResult) -> None:
    """Print one line a field."""
    for name, facet in (result.facets or {}).items():
        say(f"{name}: {', '.join(_counts(facet)) or 'nothing said'}")


def clock(seconds: float) -> str:
    """A moment of a video.

    Example:
        >>> clock(5.04), clock(605)
        ('0:05', '10:05')
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _counts(facet: Json) -> list[str]:
    if "bands" in facet:
        counts = [
            f"{band['from']:g}-{band['below']:g} ({band['count']})" for band in facet["bands"]
        ]
    else:
        values = facet["values"][:_MOST_VALUES]
        rest = sum(each["count"] for each in facet["values"][_MOST_VALUES:]) + facet["others"]
        counts = [f"{each['value']} ({each['count']})" for each in values]
        counts += [f"others ({rest})"] if rest else []
    return [*counts, *([f"not said ({facet['missing']})"] if facet["missing"] else [])]


def _shown(rank: int, hit: Hit) -> dict[str, str]:
    product = hit.product
    return {
        "#": str(rank),
        "at": ", ".join(map(clock, hit.why.get("at_s", [])[:_MOST_MOMENTS])),
        "score": f"{hit.score:.3f}",
        "id": hit.product_id,
        "title": product.get("title", ""),
        "brand": product.get("brand", ""),
        "price": _price(product),
        "attributes": ", ".join(product[name] for name in _ATTRIBUTES if name in product),
        "why": reason(hit.why),
    }


def _price(product: Json) -> str:
    """What a product costs now."""
    price: Any = product.get("sale_price") or product.get("price")
    return f"{price['amount']} {price['currency']}" if price else ""


def reason(why: Json) -> str:
    """What changed, what is said, what is the same, and what stands behind this hit."""
    if "text" in why:
        return why["text"]
    reasons = [_change(name, change) for name, change in why.get("changed", {}).items()]
    if why.get("words"):
        reasons.append(f"says {', '.join(why['words'])}")
    elif "words" in why and "shared" not in why:
        reasons.append("looks like the words")
    if "shared" in why:
        sure = why.get("confidence", {})
        same = (
            f"{name} {value}" + (f" ({sure[name]:.0%} sure)" if name in sure else "")
            for name, value in why["shared"].items()
        )
        reasons.append(f"same {', '.join(same)}" if why["shared"] else "looks alike")
    n_others = why.get("group", {}).get("n", 1) - 1
    reasons += [f"{n_others} more like it"] if n_others else []
    return "; ".join(filter(None, reasons))


def _change(name: str, change: Json) -> str:
    if change["is"] is None:
        return ""
    before = f" instead of {change['was']}" if change["was"] not in (None, change["is"]) else ""
    return f"{name} {change['is']}{before}"
