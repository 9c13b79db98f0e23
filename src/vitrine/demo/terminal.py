"""The answers as quiet tables on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.box import Box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from vitrine.demo.examples import Answer, Question
from vitrine.demo.wording import chips, kinship, prices, reason

_RULE = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
_WIDEST = 120


def print_answer(console: Console, number: int, answer: Answer) -> None:
    """One question and its hits."""
    question = answer.question
    console.print(Text.assemble(f"\n{number}  ", (question.example.title, "bold")))
    console.print(Padding(Text(_asked(question), style="dim"), (0, 0, 0, 3), expand=False))
    console.print(Padding(_table(answer), (0, 0, 0, 2)), width=min(console.width, _WIDEST))


def print_commands(console: Console, commands: Sequence[tuple[str, str]]) -> None:
    """What to type for one's own catalogue; lines are never cut, so that they can be copied."""
    console.print(Text("\nThe same with your own catalogue", style="bold"))
    for purpose, command in commands:
        console.print(Text(f"   # {purpose}", style="dim"), soft_wrap=True)
        console.print(Text(f"   {command}"), soft_wrap=True)


def _asked(question: Question) -> str:
    example, product = question.example, question.product
    if product is None or question.photo is None:
        parts = [f"words: {example.words}"]
    elif example.by == "photo":
        parts = [f"photo: {_short(question.photo)}, which the index has not seen"]
    else:
        parts = [f"like: {product.product_id} {product.title}"]
    if example.where:
        parts.append(f"where: {', '.join(chips(example.where))}")
    return "\n".join(parts)


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _table(answer: Answer) -> Table:
    table = Table(box=_RULE, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim", expand=True)
    table.add_column("#", justify="right", width=2)
    table.add_column("product", ratio=5, no_wrap=True, overflow="ellipsis")
    table.add_column("brand", ratio=2, no_wrap=True, overflow="ellipsis")
    table.add_column("price", justify="right", no_wrap=True)
    table.add_column("score", justify="right", width=5)
    table.add_column("why", ratio=5)
    question, example = answer.question, answer.question.example
    for rank, hit in enumerate(answer.result, start=1):
        kin = kinship(hit, question.product)
        table.add_row(
            str(rank),
            Text(hit.product.get("title", hit.product_id)),
            Text(hit.product.get("brand", "")),
            prices(hit.product)[0],
            f"{hit.score:.2f}",
            Text(f"{kin}. " * bool(kin), style="bold").append(
                reason(hit, example.words, example.where), style="not bold"
            ),
        )
    return table
