"""Prices as shops write them."""

from __future__ import annotations

import re
from decimal import Decimal

from vitrine.currencies import CODES, SHARED_SIGNS, SIGNS, THREE_DECIMALS
from vitrine.errors import DataError
from vitrine.types import Price

_NUMBER = re.compile(r"[0-9](?:[0-9.,'\u2019]|[ \u00a0\u202f](?=[0-9]{3}))*")
_MINUS = re.compile(r"^[^0-9]*[-\u2212]\s*[^0-9\s.]*\s*[0-9]")
_NO_CENTS = re.compile(r"(?<=[0-9])[.,]\s*[-\u2013\u2014]+(?!\s*[0-9])")  # 49,-
_POINT_FIRST = re.compile(r"(^|[^A-Za-z])[.,]$")
_GROUPS_OF_THREE = re.compile(r"[0-9]{1,3}([ \u00a0\u202f'\u2019][0-9]{3})*([.,][0-9]*)?")
_LONGEST = 20


def parse_price(text: str, currency: str = "") -> Price:
    """Read a price, whichever side its currency stands on and whichever comma it has.

    Args:
        text: such as "49.90 EUR", "1.299,00 €", "Rs. 1,499"; one separator before exactly
            three digits groups thousands, unless the currency has three decimals.
        currency: what the source says elsewhere (a column); decides when `text` has no
            currency or one with several meanings ("$").

    Returns:
        A price; its currency is empty where nothing says it.

    Raises:
        DataError: no number, more than one, negative, zero, or an unknown currency.

    Example:
        >>> str(parse_price("1.299,00 €")), str(parse_price("$12", "CAD"))
        ('1299.00 EUR', '12 CAD')
    """
    written = _NO_CENTS.sub("", text.strip())
    numbers = [*_NUMBER.finditer(written)]
    if len(numbers) != 1 or len(numbers[0].group()) > _LONGEST:
        raise DataError(f"not a price: {text!r}; write it like '49.90 EUR'")
    if _MINUS.match(written):
        raise DataError(f"a negative price: {text!r}")
    before, after = written[: numbers[0].start()], written[numbers[0].end() :]
    if _POINT_FIRST.search(before):
        raise DataError(f"not a price: {text!r}; write the 0 before the point")
    code = _currency(f"{before} {after}", currency.strip(), text)
    amount = _amount(numbers[0].group(), code, text)
    if not amount:
        raise DataError(f"a price of 0: {text!r}; leave it empty where there is no price")
    return Price(amount, code)


def _currency(text: str, given: str, whole: str) -> str:
    given = _code_of(given, "", given) if given else ""
    codes = {_code_of(word, given, whole) for word in text.split()}
    if len(codes) > 1:
        raise DataError(f"a price in several currencies: {whole!r}")
    return codes.pop() if codes else given


def _code_of(word: str, given: str, whole: str) -> str:
    if word.upper() in CODES:
        return word.upper()
    sign = word.casefold().replace(".", "")
    meanings = SIGNS.get(sign) or SHARED_SIGNS.get(sign)
    if meanings is None:
        where = f" in {whole!r}" if word != whole else ""
        raise DataError(f"unknown currency {word!r}{where}; use an ISO code such as EUR")
    if given in meanings:
        return given
    return "" if sign in SHARED_SIGNS else meanings[0]


def _amount(number: str, code: str, whole: str) -> Decimal:
    digits = number.rstrip(".,")
    if re.search(r"[^0-9.,]", digits):
        if not _GROUPS_OF_THREE.fullmatch(digits):
            raise DataError(f"not a price: {whole!r}")
        digits = re.sub(r"[^0-9.,]", "", digits)
    return Decimal(_with_point(digits, code, whole))


def _with_point(digits: str, code: str, whole: str) -> str:
    """Rewrite the separators: none for thousands, a point for decimals."""
    marks = re.findall(r"[.,]", digits)
    if not marks:
        return digits
    head, tail = digits[: -len(digits.split(marks[-1])[-1]) - 1], digits.split(marks[-1])[-1]
    if len(set(marks)) == 2 and marks.count(marks[-1]) == 1:
        return f"{_ungrouped(head, whole)}.{tail}"
    if len(marks) == 1 and not (len(tail) == 3 and head.strip("0") and code not in THREE_DECIMALS):
        return f"{head}.{tail}"
    if len(set(marks)) == 1:
        return _ungrouped(digits, whole)
    raise DataError(f"not a price: {whole!r}")


def _ungrouped(digits: str, whole: str) -> str:
    """Take out the thousands separators; groups of two are Indian (1,49,999)."""
    if not re.fullmatch(r"[0-9]{1,3}([.,][0-9]{2,3})*[.,][0-9]{3}|[0-9]+", digits):
        raise DataError(f"not a price: {whole!r}")
    return re.sub(r"[.,]", "", digits)
