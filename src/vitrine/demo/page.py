"""The answers as one page that needs nothing but itself."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from vitrine.demo.examples import Answer, Question
from vitrine.demo.wording import chips, count, kinship, prices, reason
from vitrine.encoders import ENCODERS
from vitrine.shop import ImportReport
from vitrine.types import Hit, Product

_TITLE = "vitrine: three questions to a shop"
_HEAD_BYTES = 2000
_KINDS = {"jpg": "jpeg"}
_LEADS = {"photo": "The photo", "product": "The product", "words": "The words"}
_WORD_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight")


@dataclass(frozen=True, slots=True)
class Card:
    """A hit as it is shown."""

    photo: str
    """A data: URI; empty where the product has no photo."""
    title: str
    brand: str
    seller: str
    price: str
    price_before: str
    score: str
    kinship: str
    reason: str


@dataclass(frozen=True, slots=True)
class Section:
    """A question and its answer as they are shown."""

    number: int
    anchor: str
    title: str
    story: str
    lead: str
    photo: str
    photo_alt: str
    words: str
    caption: str
    chips: Sequence[str]
    outcome: str
    cards: Sequence[Card]


def render_page(
    report: ImportReport,
    drawn: str,
    answers: Sequence[Answer],
    commands: Sequence[tuple[str, str]],
) -> str:
    """Give the page as HTML, photos inside.

    Args:
        report: what was indexed.
        drawn: one line on where the pictures come from.
        answers: in the order shown.
        commands: (purpose, command) for one's own catalogue.
    """
    environment = Environment(
        loader=PackageLoader("vitrine.demo", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    row = ENCODERS.get(report.encoder)
    return environment.get_template("page.html.jinja").render(
        page_title=_TITLE,
        report=report,
        encoder_summary=row.summary if row else "",
        drawn=drawn,
        sections=[_section(number, answer) for number, answer in enumerate(answers, start=1)],
        commands=commands,
    )


def is_our_page(path: Path) -> bool:
    """Whether a file is a page that `render_page` made."""
    with path.open("rb") as file:
        return f"<title>{_TITLE}</title>".encode() in file.read(_HEAD_BYTES)


def _section(number: int, answer: Answer) -> Section:
    question, example = answer.question, answer.question.example
    return Section(
        number=number,
        anchor=f"by-{example.by}",
        title=example.title,
        story=example.story,
        lead=_LEADS[example.by],
        photo=data_uri(question.photo) if question.photo else "",
        photo_alt=_photo_alt(question),
        words=example.words,
        caption=_caption(question),
        chips=chips(example.where) if example.where else (),
        outcome=outcome(answer),
        cards=[_card(hit, question) for hit in answer.result],
    )


def _card(hit: Hit, question: Question) -> Card:
    price, before = prices(hit.product)
    photos = hit.product.get("photos", ())
    return Card(
        photo=data_uri(Path(photos[0])) if photos else "",
        title=hit.product.get("title", hit.product_id),
        brand=hit.product.get("brand", ""),
        seller=hit.product.get("seller", ""),
        price=price,
        price_before=before,
        score=f"{hit.score:.2f}",
        kinship=kinship(hit, question.product),
        reason=reason(hit, question.example.words, question.example.where),
    )


def outcome(answer: Answer) -> str:
    """What came out, in one sentence; of a photo also whether its product was found."""
    hits, question = list(answer.result), answer.question
    took = f"{count(len(hits), 'hit')} in {max(answer.result.took_ms, 0.1):.1f} ms"
    if question.example.by != "photo" or question.product is None:
        return f"{took}."
    product = question.product
    ranks = [rank for rank, hit in enumerate(hits, 1) if hit.product_id == product.product_id]
    if not ranks:
        return f"{took}. The very product is not among them."
    kin = [hit for hit in hits if kinship(hit, product).startswith("The same")]
    also = f", and {_shops(kin)} as well" if kin else ""
    return f"{took}. The very product stands at number {ranks[0]}{also}."


def data_uri(photo: Path) -> str:
    """A photo's file as a data: URI."""
    suffix = photo.suffix.lower().lstrip(".")
    encoded = base64.b64encode(photo.read_bytes()).decode("ascii")
    return f"data:image/{_KINDS.get(suffix, suffix)};base64,{encoded}"


def _shops(kin: Sequence[Hit]) -> str:
    n = len(kin)
    number = _WORD_NUMBERS[n] if n < len(_WORD_NUMBERS) else str(n)
    return f"the same article at {number} other shop{'' if n == 1 else 's'}"


def _photo_alt(question: Question) -> str:
    if question.product is None:
        return ""
    how = "taken at home" if question.example.by == "photo" else "in the shop"
    return f"{_described(question.product)}, {how} (drawn)"


def _described(product: Product) -> str:
    facts = [product.colour, product.pattern, product.article_type]
    return " ".join(fact.lower() for fact in facts if fact) or product.title


def _caption(question: Question) -> str:
    product = question.product
    if product is None:
        return ""
    if question.example.by == "photo":
        return f"second photo of {product.product_id}, held back from the index"
    return product.title
