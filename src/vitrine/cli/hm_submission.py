"""`vitrine recommend --all-visitors`: the table that H&M's contest takes.

https://www.kaggle.com/competitions/h-and-m-personalized-fashion-recommendations
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from vitrine.cli.options import settings_from
from vitrine.cli.output import n_of, print_json, say
from vitrine.errors import DataError, NotFoundError, UsageError, unknown

HM_SUBMISSION = "hm-submission"
_K = 12
_ID_DIGITS = 10

AllVisitors: TypeAlias = Annotated[
    bool, typer.Option("--all-visitors", help="For everybody that is known; with --format and -o.")
]
SubmissionFormat: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME", help="hm-submission: customer_id,prediction with 12 articles."
    ),
]
SubmissionFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Where --all-visitors is written."),
]


def wants_submission(
    all_visitors: bool, format: str | None, out: Path | None, *, alone: bool
) -> bool:
    """Tell whether a file for everybody is asked for.

    Args:
        all_visitors: the flag.
        format: of the file.
        out: the file.
        alone: nothing else is asked.

    Raises:
        UsageError: one of them without the others, or with a question about one visitor.
    """
    if not all_visitors:
        if format is None and out is None:
            return False
        raise UsageError("--format and -o belong to --all-visitors; a visitor's list is printed")
    if not alone:
        raise UsageError("--all-visitors is about everybody; leave out what is about one visitor")
    if format != HM_SUBMISSION:
        raise UsageError(unknown("format for all visitors", format or "", [HM_SUBMISSION]))
    if out is None:
        raise UsageError("--all-visitors writes a file; say which one with -o FILE")
    return True


def submit(shop: Path, out: Path | None, *, as_json: bool) -> None:
    """Write the file of a shop's visitors and say how many they are.

    Raises:
        NotFoundError: the shop knows no visitors, or the file's folder does not exist.
        DataError: an id is none of H&M's.
    """
    from vitrine.shop import open_shop

    target = Path(out or "")
    if not target.absolute().parent.is_dir():
        raise NotFoundError(f"the folder {target.absolute().parent} does not exist; make it first")
    with open_shop(shop, settings=settings_from()) as opened:
        n_customers = write_hm_submission(opened.recommend_to_all(_K), target)
    if as_json:
        print_json({"format": HM_SUBMISSION, "customers": n_customers, "file": str(target)})
    else:
        say(f"{n_of(n_customers, 'customer')} in {target}")


def write_hm_submission(found: Iterable[tuple[str, Sequence[str]]], path: Path) -> int:
    """Write `customer_id,prediction`, ids as 10 digits with spaces between; how many customers.

    The file appears whole or not at all.

    Raises:
        DataError: an id has other characters than digits, or more than ten.
    """
    part = path.with_name(path.name + ".part")
    n_customers = 0
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write("customer_id,prediction\n")
            for customer_id, product_ids in found:
                file.write(f"{customer_id},{' '.join(map(_article_id, product_ids))}\n")
                n_customers += 1
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return n_customers


def _article_id(product_id: str) -> str:
    """Ten digits.

    Example:
        >>> _article_id("111565001")
        '0111565001'
    """
    if not product_id.isdecimal() or len(product_id) > _ID_DIGITS:
        raise DataError(
            f"the product {product_id!r} is no article of H&M: ids there are {_ID_DIGITS} digits"
        )
    return product_id.zfill(_ID_DIGITS)
