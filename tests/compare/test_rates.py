from __future__ import annotations

from decimal import Decimal

import pytest

from vitrine.compare import parse_rates
from vitrine.errors import UsageError
from vitrine.types import Price


@pytest.mark.parametrize(
    ("rates", "price", "wanted", "said"),
    [
        (["EUR=90 INR"], "2 EUR", "INR", "180.00 INR"),
        (["EUR=90 INR"], "180 INR", "EUR", "2.00 EUR"),
        (["EUR = 1.10 USD", "USD=80 INR"], "10 EUR", "INR", "880.00 INR"),
        ([], "2 EUR", "EUR", "2 EUR"),
        (["EUR=90 INR"], "2 EUR", "USD", "None"),
        (["eur=90 Rs."], "1 EUR", "INR", "90.00 INR"),
    ],
)
def test_prices_are_converted_along_given_rates(
    rates: list[str], price: str, wanted: str, said: str
) -> None:
    amount, currency = price.split()
    found = parse_rates(rates).convert(Price(Decimal(amount), currency), wanted)
    assert str(found) == said


@pytest.mark.parametrize(
    "rate", ["EUR", "EUR=90", "EUR=0 INR", "EUR=-1 INR", "XQX=1 INR", "EUR=2 EUR", "=2 EUR", ""]
)
def test_a_rate_that_cannot_be_read_is_shown(rate: str) -> None:
    with pytest.raises(UsageError, match=r"not a rate: .*EUR=90 INR"):
        parse_rates([rate])


def test_an_amount_beyond_all_money_is_refused() -> None:
    rates = parse_rates(["EUR=9999999999999999999 INR", "INR=9999999999999999999 USD"])
    with pytest.raises(UsageError, match="check the rates"):
        rates.convert(Price(Decimal(20), "EUR"), "USD")


def test_two_rates_that_disagree_are_refused() -> None:
    with pytest.raises(UsageError, match="two rates for EUR in INR"):
        parse_rates(["EUR=90 INR", "EUR=91 INR"])
