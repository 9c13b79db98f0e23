"""Measure what search does with changes in words, typed titles and groups, and print the tables.

python -m benchmarks.search_relevance DATA --out FOLDER [--encoder default] [--limit N]

DATA is the folder of research data. Shops are built from its catalogues and asked as anybody asks
them; docs/evaluation.md describes the protocols. With --out, search_relevance.json and
search_relevance.md are written there, and vectors are kept for the next run. With --write, the
section "Search relevance" of benchmarks/RESULTS.md is replaced.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.report import machine
from vitrine.catalog import read_catalogue
from vitrine.evaluate import (
    Contestant,
    Evaluation,
    Examples,
    Result,
    composed_results,
    examples_from,
    grouping_results,
    hybrid_results,
    markdown_rows,
    number,
    open_contestants,
    table_of,
)
from vitrine.metrics import paired_difference
from vitrine.settings import Settings

Measure = Callable[[Contestant, Examples], list[Result]]

SOURCES: tuple[tuple[str, tuple[tuple[str, Measure], ...]], ...] = (
    (
        "fashion-products",
        (
            ("composed", composed_results),
            ("hybrid", hybrid_results),
            ("grouping", grouping_results),
        ),
    ),
    ("hm", (("composed", composed_results), ("grouping", grouping_results))),
)
OURS = {"composed": "but", "hybrid": "hybrid", "grouping": "by near_duplicate"}
AGAINST: dict[str, tuple[str, ...]] = {
    "composed": ("weighted sum",),
    "hybrid": ("words alone", "photos alone"),
    "grouping": ("not grouped",),
}
RESULTS = Path(__file__).with_name("RESULTS.md")
SECTION = "## Search relevance\n"


def main() -> None:
    """Measure every source, print Markdown, and write what was asked for."""
    asked = _arguments()
    folder: Path | None = asked.out
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    contestant = open_contestants(
        [asked.encoder],
        Settings(threads=asked.threads),
        baselines=False,
        memory=folder and folder / "vectors",
    )[0]
    found = list(_measured(asked.data, contestant, asked.limit))
    text = _markdown(found, contestant, asked.encoder, asked.limit)
    print(text)
    if folder is not None:
        tables = [evaluation.as_json() for evaluation in found]
        _write(folder / "search_relevance.json", json.dumps(tables, indent=1) + "\n")
        _write(folder / "search_relevance.md", text)
    if asked.write:
        _write(RESULTS, with_section(RESULTS.read_text(encoding="utf-8"), text))


def with_section(document: str, section: str) -> str:
    """Replace the section of this script in a document, or add it at the end."""
    before, old, rest = document.partition(SECTION)
    if not old:
        return f"{document.rstrip()}\n\n{section}"
    start = rest.find("\n## ")
    return before + section + ("" if start < 0 else rest[start:])


def differences(results: Sequence[Result], protocol: str) -> Iterator[tuple[str, str, str, int]]:
    """Measure, whom it is against, and how much more ours has, paired, with its interval."""
    by_name = {(r.measure, r.contestant): r for r in results if r.protocol == protocol}
    for (measure, way), ours in by_name.items():
        for other in AGAINST[protocol] if way == OURS[protocol] else ():
            theirs = by_name.get((measure, other))
            if theirs is None or ours.values is None or theirs.values is None:
                continue
            gain = paired_difference(ours.values, theirs.values, ours.groups)
            cell = f"{number(gain.figure)} [{number(gain.low)}, {number(gain.high)}]"
            yield measure, other, cell, ours.n


def _measured(data: Path, contestant: Contestant, limit: int | None) -> Iterator[Evaluation]:
    for name, measures in SOURCES:
        every = examples_from(read_catalogue(data / name), limit=limit)
        examples = every.only(every.main)
        for protocol, measure in measures:
            results = measure(contestant, examples)
            ways = list(dict.fromkeys(result.contestant for result in results))
            others = [way for way in ways if way != OURS[protocol]]
            print(f"{name}: {protocol} measured", file=sys.stderr, flush=True)
            yield Evaluation(name, every.part, len(examples), ways, others, results, {}, ())


def _markdown(
    found: Sequence[Evaluation], contestant: Contestant, encoder: str, limit: int | None
) -> str:
    identity = contestant.encoder.identity
    cut = "" if limit is None else f" **Limited to {limit:,} products a source.**"
    lines = [
        SECTION,
        f"`python -m benchmarks.search_relevance DATA --encoder {encoder} --write`; {machine()}\n",
        f"Encoder `{identity.name}`, SHA-256 {identity.sha256[:16]}. Real shops of the validation "
        "part of fashion-products (by near-duplicate group) and of all of hm, which the encoder "
        "never learnt from. Weights were chosen on the groups that are not reported here. "
        f"Intervals: 95 %, bootstrap by group, 1,000 draws; differences are paired.{cut}",
    ]
    for evaluation in found:
        protocol = evaluation.results[0].protocol if evaluation.results else ""
        if not protocol:
            continue
        lines += [
            f"\n### {evaluation.source}: {protocol} ({evaluation.n_photos:,} products)\n",
            *markdown_rows(*table_of(evaluation, protocol)),
            f"\n`{OURS[protocol]}` less the others:\n",
            *markdown_rows(
                ["measure", "against", "n", "difference"],
                [
                    [measure, other, f"{n:,}", cell]
                    for measure, other, cell, n in differences(evaluation.results, protocol)
                ],
            ),
        ]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, help="folder for JSON, Markdown and vectors")
    parser.add_argument("--encoder", default="default", help="name, or folder with a model.json")
    parser.add_argument("--limit", type=int, help="at most so many products of every source")
    parser.add_argument("--threads", type=int, default=1, help="0 takes all cores")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
