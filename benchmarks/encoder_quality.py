"""Measure an encoder against the floors that the default one has to reach, and the baselines.

python -m benchmarks.encoder_quality DATA --encoder default [--out FOLDER] [--limit N]

DATA is the folder of research data. Prints Markdown for benchmarks/RESULTS.md: the floors with
verdicts, then every table. A floor is met when the figure reaches it or when it lies inside the
95 % interval. With --out, vectors are kept there, so that a second run takes seconds; reports and
plots of every source are written beside them. --limit is for a quick look only.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.report import machine
from vitrine.catalog import read_catalogue
from vitrine.demo import demo_source
from vitrine.errors import UsageError
from vitrine.evaluate import (
    MOBILENET,
    Contestant,
    Evaluation,
    Examples,
    Result,
    evaluate,
    examples_from,
    joined,
    markdown_rows,
    number,
    open_contestants,
    protocols_of,
    shown,
    table_of,
    write_report,
)
from vitrine.metrics import Interval, fewer_misses, interval_of, paired_difference
from vitrine.settings import Settings

TAG_FLOORS = {
    "gender": 0.92,
    "master_category": 0.993,
    "sub_category": 0.97,
    "article_type": 0.88,
    "base_colour": 0.70,
    "season": 0.74,
    "usage": 0.91,
}
"""Accuracy at 256 px, all classes."""
MOST_CALIBRATION_ERROR = 0.03
FEWER_MISSES = 0.10
OUT_OF_DOMAIN = (
    ("H&M", "siblings", "sibling recall@1"),
    ("H&M", "siblings", "sibling recall@10"),
    ("H&M", "siblings", "sibling recall@50"),
    ("H&M", "similar", "type P@1"),
    ("H&M", "similar", "type P@10"),
    ("H&M", "similar", "pattern P@1"),
    ("phone photos", "senders", "label P@10, other sender"),
)
TEXT_FLOORS = {"own title R@1": 0.25, "own title R@10": 0.60}
TWO_PHOTOS_FLOOR = 0.70
SPEED_FLOORS = {
    "tower only, photos/s": 250,
    "768 x 1024 JPEG to vector and tags, photos/s": 120,
}
MOST_P50_MS = 10.0

Evaluations = dict[str, Evaluation]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table of floors."""

    what: str
    n: int
    figure: str
    floor: str
    verdict: str
    beside: str = ""


def main() -> None:
    asked = _arguments()
    with TemporaryDirectory() as temporary:
        folder = asked.out or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        contestants = open_contestants(
            [asked.encoder],
            Settings(threads=asked.threads),
            weights=asked.weights,
            beside=(asked.data,),
            memory=folder / "vectors",
        )
        found: Evaluations = {}
        for name, examples, protocols in sources(asked.data, folder, asked.limit):
            if "speed" in protocols and asked.no_speed:
                continue
            found[name] = evaluate(
                examples, contestants, protocols, folder=folder, on_progress=_say(name)
            )
            if asked.out:
                write_report(found[name], folder / name.replace(" ", "-").replace("&", "n"))
    ours = contestants[0]
    print(f"### {ours.name} against its floors\n")
    print(f"`python -m benchmarks.encoder_quality DATA --encoder {asked.encoder}`; {machine()}\n")
    print(_described(ours, asked.limit))
    header = ["what", "n", "figure", "floor", "verdict", "beside"]
    cells = [
        [line.what, f"{line.n:,}", line.figure, line.floor, line.verdict, line.beside]
        for line in floors(found, ours.name)
    ]
    print("\n".join(markdown_rows(header, cells)))
    for name, evaluation in found.items():
        _print_tables(name, evaluation)


def sources(
    data: Path, folder: Path, limit: int | None
) -> Iterator[tuple[str, Examples, tuple[str, ...]]]:
    """Name, photos and protocols of everything that is measured."""

    def read(path: Path, part: str | None = None, images: Path | None = None) -> Examples:
        return examples_from(read_catalogue(path, images=images), part=part, limit=limit)

    products = data / "fashion-products"
    sharp = read(products)
    small = read(products / "styles_60x80.csv", images=_unpacked(products, folder))
    both = joined(sharp, small)
    yield (
        "products, 256 px",
        _knowing(sharp, both.training_titles),
        ("tags", "similar", "photo-to-shop", "text"),
    )
    yield "products, 60 x 80 px", small, ("tags", "similar")
    yield "products, both sizes", both, ("tags",)
    yield "street photos", read(data / "clothing-attributes"), ("tags",)
    yield "H&M", read(data / "hm"), ("siblings", "similar")
    yield "phone photos", read(data / "phone-photos-cc0", "unseen"), ("senders", "tags")
    yield "demo catalogue", read(demo_source()), ("two-photos", "siblings")
    yield "one core", sharp, ("speed",)


def floors(found: Evaluations, ours: str) -> Iterator[Line]:
    """Every floor, with what stands beside it."""
    yield from _tag_lines(found, ours)
    yield from _out_of_domain_lines(found, ours)
    yield from _text_lines(found["products, 256 px"], ours)
    yield from _speed_lines(found, ours)
    best = found["demo catalogue"].find("two-photos", "both ways R@1", ours)
    if best is not None:
        yield _line("demo catalogue: two photos of a product, R@1", best, TWO_PHOTOS_FLOOR)


def verdict(figure: float, high: float | None, floor: float) -> str:
    """Met where the figure reaches the floor or the floor lies inside the interval.

    Example:
        >>> verdict(0.9, 0.92, 0.9), verdict(0.89, 0.91, 0.9), verdict(0.8, 0.85, 0.9)
        ('met', 'met, inside the interval', 'MISSED')
    """
    if figure >= floor:
        return "met"
    return "met, inside the interval" if high is not None and high >= floor else "MISSED"


def _tag_lines(found: Evaluations, ours: str) -> Iterator[Line]:
    sharp, both = found["products, 256 px"], found["products, both sizes"]
    for head, floor in TAG_FLOORS.items():
        best = sharp.find("tags", f"{head} accuracy", ours)
        small = found["products, 60 x 80 px"].find("tags", f"{head} accuracy", ours)
        majority = sharp.find("tags", f"{head} accuracy", "majority")
        if best is None:
            yield Line(f"tag {head}", 0, "-", number(floor), "MISSED", "no such head")
            continue
        beside = f"majority {shown(majority)}; 60 x 80 px {shown(small)}"
        yield _line(f"tag {head}: accuracy", best, floor, beside)
    for head in TAG_FLOORS:
        error = both.find("tags", f"{head} ECE", ours)
        perfect = both.find("tags", f"{head} ECE of a perfect model, 95th percentile", ours)
        if error is None or perfect is None:
            continue
        most = max(MOST_CALIBRATION_ERROR, perfect.figure)
        yield Line(
            f"tag {head}: ECE, both sizes",
            error.n,
            number(error.figure),
            f"<= {number(most)}",
            "met" if error.figure <= most else "MISSED",
            f"perfect model's 95th percentile {number(perfect.figure)}",
        )


def _out_of_domain_lines(found: Evaluations, ours: str) -> Iterator[Line]:
    gains: list[float] = []
    draws: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
    for source, protocol, measure in OUT_OF_DOMAIN:
        best = found[source].find(protocol, measure, ours)
        plain = found[source].find(protocol, measure, MOBILENET)
        colour = found[source].find(protocol, measure, "colour")
        if best is None or colour is None:
            continue
        yield _ahead(f"{source}: {measure}, ahead of colour", best, colour)
        if plain is None:
            continue
        gain, drawn = _gain(best, plain)
        gains.append(gain.figure)
        draws.append(drawn)
        yield Line(
            f"{source}: {measure}, fewer misses than {MOBILENET}",
            best.n,
            _with_interval(gain),
            "not worse",
            "MISSED" if gain.high < 0 else "met",
            f"{shown(best)} against {shown(plain)}",
        )
    if not gains:
        yield Line(f"mean of fewer misses than {MOBILENET}", 0, "-", "", "no weights", "")
        return
    mean = interval_of(float(np.mean(gains)), np.mean(draws, axis=0))
    yield Line(
        f"mean of fewer misses than {MOBILENET}",
        len(gains),
        _with_interval(mean),
        number(FEWER_MISSES),
        verdict(mean.figure, mean.high, FEWER_MISSES),
    )


def _text_lines(sharp: Evaluation, ours: str) -> Iterator[Line]:
    for measure, floor in TEXT_FLOORS.items():
        best = sharp.find("text", measure, ours)
        if best is None:
            yield Line(f"text: {measure}", 0, "-", number(floor), "MISSED", "understands no words")
            continue
        at = measure.removeprefix("own title ")
        unseen = sharp.find("text", f"own title, unseen in training {at}", ours)
        pair = sharp.find("text", f"own title with an unseen pair of words {at}", ours)
        beside = f"unseen titles {shown(unseen)}; unseen pair of words {shown(pair)}"
        yield _line(f"text: {measure}", best, floor, beside)
        by_tags = sharp.find("text", f"title's words against tags {at}", ours)
        if by_tags is not None:
            yield _ahead(f"text: {measure}, ahead of its own tags", best, by_tags)


def _speed_lines(found: Evaluations, ours: str) -> Iterator[Line]:
    if "one core" not in found:
        return
    for measure, floor in SPEED_FLOORS.items():
        best = found["one core"].find("speed", measure, ours)
        if best is not None:
            yield _line(f"one core: {measure}", best, floor)
    p50 = found["one core"].find("speed", "768 x 1024 JPEG to vector and tags, p50 ms", ours)
    large = found["one core"].find("speed", "12 megapixels JPEG to vector and tags, p50 ms", ours)
    if p50 is not None:
        yield Line(
            "one core: embedding of a photo query, p50 ms",
            p50.n,
            shown(p50),
            f"<= {MOST_P50_MS:g}",
            "met" if (p50.low or 0) <= MOST_P50_MS else "MISSED",
            f"12 megapixels: {shown(large)} ms",
        )


def _line(what: str, best: Result, floor: float, beside: str = "") -> Line:
    met = verdict(best.figure, best.high, floor)
    return Line(what, best.n, shown(best), number(floor, best.decimals), met, beside)


def _ahead(what: str, best: Result, other: Result) -> Line:
    gain = paired_difference(_values(best), _values(other), best.groups)
    against = f"{shown(best)} against {shown(other)}"
    met = "met" if gain.low > 0 else "met, not significant" if gain.figure > 0 else "MISSED"
    return Line(what, best.n, f"{_with_interval(gain)} more", "> 0", met, against)


def _gain(
    best: Result, plain: Result
) -> tuple[Interval, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    return fewer_misses(_values(best), _values(plain), best.groups)


def _values(result: Result) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if result.values is None:
        raise UsageError(f"{result.measure} has no single values to compare")
    return result.values


def _with_interval(found: Interval) -> str:
    return f"{number(found.figure)} [{number(found.low)}, {number(found.high)}]"


def _knowing(examples: Examples, training_titles: frozenset[str]) -> Examples:
    return replace(examples, training_titles=training_titles)


def _unpacked(products: Path, folder: Path) -> Path:
    """The small photos as files; the archive keeps them in a folder of its own."""
    target = folder / "images_60x80"
    if not target.is_dir():
        draft = target.with_name("images_60x80.part")
        with zipfile.ZipFile(products / "images_60x80.zip") as packed:
            packed.extractall(draft)
        draft.replace(target)
    return next(target.rglob("*.jpg")).parent


def _described(ours: Contestant, limit: int | None) -> str:
    identity = ours.encoder.identity
    cut = "" if limit is None else f" **Limited to {limit:,} products a source.**"
    return (
        f"Encoder `{identity.name}`, SHA-256 {identity.sha256[:16]}, {identity.dim} numbers. "
        "Validation parts by near-duplicate group; phone photos: senders of validation and "
        "held-out; H&M and the demo catalogue were never learnt from and are measured whole. "
        f"Intervals: 95 %, bootstrap by group, 1,000 draws.{cut}\n"
    )


def _print_tables(name: str, evaluation: Evaluation) -> None:
    for protocol in protocols_of(evaluation):
        print(f"\n#### {name}: {protocol}\n")
        print("\n".join(markdown_rows(*table_of(evaluation, protocol))))
    for note in evaluation.notes:
        print(f"\nNote: {note}.")


def _say(source: str):  # noqa: ANN202 -- a closure over the source's name
    def say(contestant: str, done: int, total: int) -> None:
        if done == total or done % 500 == 0:
            print(f"{source}: {contestant} {done:,} of {total:,}", file=sys.stderr, flush=True)

    return say


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--encoder", default="default", help="name, or folder with a model.json")
    parser.add_argument("--out", type=Path, help="folder for vectors, reports and plots")
    parser.add_argument("--limit", type=int, help="at most so many products of every source")
    parser.add_argument("--threads", type=int, default=0, help="0 takes all cores")
    parser.add_argument("--weights", type=Path, help="TFLite file of MobileNetV2")
    parser.add_argument("--no-speed", action="store_true", help="leave out the clock")
    return parser.parse_args()


if __name__ == "__main__":
    main()
