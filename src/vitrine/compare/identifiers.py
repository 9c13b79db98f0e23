"""Trade numbers: which are whole, and how they are written the same."""

from __future__ import annotations

_LENGTHS = (8, 12, 13, 14)


def gtin_of(text: str) -> str:
    """Read a GTIN (EAN, UPC, ISBN-13) as 14 digits; empty where its check digit is wrong.

    Example:
        >>> gtin_of("4006381333931"), gtin_of("0-36000-29145-2"), gtin_of("4006381333932")
        ('04006381333931', '00036000291452', '')
    """
    digits = text.replace("-", "").replace(" ", "")
    if len(digits) not in _LENGTHS or not (digits.isascii() and digits.isdigit()):
        return ""
    whole = digits.zfill(14)
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(whole))
    return whole if total % 10 == 0 and total else ""
