from __future__ import annotations

import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.catalog.money import parse_price
from vitrine.errors import DataError, VitrineError
from vitrine.types import Price


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("49.90 EUR", "49.90", "EUR"),
        ("EUR 49,90", "49.90", "EUR"),
        ("€49.90", "49.90", "EUR"),
        ("1.299,00 €", "1299.00", "EUR"),
        ("1,299.00 USD", "1299.00", "USD"),
        ("$12", "12", "USD"),
        ("US$ 12.5", "12.5", "USD"),
        ("Rs. 1,499", "1499", "INR"),
        ("₹ 1,49,999", "149999", "INR"),
        ("¥12000", "12000", "JPY"),
        ("49.9", "49.9", ""),
        ("usd49", "49", "USD"),
        ("49,- €", "49", "EUR"),
        ("CHF 1'299.-", "1299", "CHF"),
        ("1 299,00 zł", "1299.00", "PLN"),
        ("1\u202f299,00 €", "1299.00", "EUR"),
        ("2299.0 INR", "2299.0", "INR"),
        ("0.059 EUR", "0.059", "EUR"),
        ("5.125 KWD", "5.125", "KWD"),
        ("1.234.567,89 EUR", "1234567.89", "EUR"),
        ("1.299 €", "1299", "EUR"),
        ("100 kr", "100", ""),
    ],
)
def test_prices_as_shops_write_them(text: str, amount: str, currency: str) -> None:
    assert parse_price(text) == Price(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "column", "currency"),
    [
        ("49.90", "EUR", "EUR"),
        ("49.90", "€", "EUR"),
        ("$49.90", "CAD", "CAD"),
        ("$49.90", "EUR", "USD"),
        ("¥100", "CNY", "CNY"),
        ("100 kr", "SEK", "SEK"),
        ("49.90 GBP", "EUR", "GBP"),
    ],
)
def test_a_currency_column_decides_only_what_the_price_leaves_open(
    text: str, column: str, currency: str
) -> None:
    assert parse_price(text, column).currency == currency


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-5 EUR", "negative"),
        ("€-5", "negative"),
        ("\u22125", "negative"),
        ("0 EUR", "a price of 0"),
        ("0.00", "a price of 0"),
        ("NaN", "not a price"),
        ("free", "not a price"),
        ("5-10 EUR", "not a price"),
        ("12 5", "not a price"),
        ("1.2.3", "not a price"),
        ("$.99", "write the 0"),
        ("1e3", "not a price"),
        ("9" * 40, "not a price"),
        ("12 quids", "unknown currency 'quids'"),
        ("10 EUR USD", "several currencies"),
        ("", "not a price"),
    ],
)
def test_what_is_no_price_is_never_zero(text: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        parse_price(text)


amounts = st.decimals(min_value="0.01", max_value="9999999.99", places=2)


@given(amounts, st.sampled_from(["EUR", "USD", "INR", "JPY"]), st.booleans(), st.booleans())
def test_a_formatted_price_is_read_back(
    amount: Decimal, currency: str, continental: bool, before: bool
) -> None:
    number = f"{amount:,.2f}"
    if continental:
        number = number.translate(str.maketrans(",.", ".,"))
    text = f"{currency} {number}" if before else f"{number} {currency}"
    assert parse_price(text) == Price(amount, currency)


@given(amounts)
def test_a_plain_number_is_read_back(amount: Decimal) -> None:
    assert parse_price(str(amount)).amount == amount


@given(st.text(alphabet=string.digits + "., €$'-EURkr\u00a0", max_size=20))
def test_any_text_is_a_positive_price_or_a_clear_refusal(text: str) -> None:
    try:
        price = parse_price(text)
    except VitrineError:
        return
    assert price.amount > 0
    assert price.amount.is_finite()
