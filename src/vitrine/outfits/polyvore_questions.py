"""Polyvore Outfits' own questions: fill in the blank, and which outfits go together.

Each of `nondisjoint/` and `disjoint/` has outfits (`test.json`), questions with four answers
(`fill_in_blank_test.json`) and real outfits beside shuffled ones (`compatibility_test.txt`), which
name items by outfit and place.

https://github.com/mvasil/fashion-compatibility (Vasileva et al., ECCV 2018)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.errors import DataError

SPLITS = ("nondisjoint", "disjoint")
"""Whether an item of the test may have been part of an outfit to learn from, or not."""

Items = tuple[str, ...]
"""Item ids."""


@dataclass(frozen=True, slots=True)
class Blank:
    """An outfit without one item, and what might fill its place."""

    given: Items
    answers: Items
    right: int
    """Position of the right answer."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An outfit that somebody composed, or that was shuffled together."""

    items: Items
    is_real: bool


def split_folders(folder: Path) -> list[Path]:
    """Those of `nondisjoint/` and `disjoint/` that are there."""
    return [folder / name for name in SPLITS if (folder / name).is_dir()]


def read_sets(split: Path, part: str) -> Mapping[str, Mapping[str, str]]:
    """Read the outfits of a part: outfit -> place -> item.

    Raises:
        DataError: the file is missing or damaged.
    """
    path = split / f"{part}.json"
    try:
        return {
            str(outfit["set_id"]): {
                str(item["index"]): str(item["item_id"]) for item in outfit["items"]
            }
            for outfit in _json(path)
        }
    except (TypeError, KeyError) as error:
        raise _damaged(path, error) from error


def read_blanks(split: Path, part: str) -> list[Blank]:
    """Read the questions with four answers; right is the one of the question's own outfit.

    Raises:
        DataError: a file is missing or damaged, or names items that no outfit has.
    """
    path = split / f"fill_in_blank_{part}.json"
    sets = read_sets(split, part)
    blanks: list[Blank] = []
    try:
        for asked in _json(path):
            own = str(asked["question"][0]).split("_")[0]
            of = [str(answer).split("_")[0] for answer in asked["answers"]]
            given, answers = (_items(asked[name], sets, path) for name in ("question", "answers"))
            blanks.append(Blank(given, answers, of.index(own)))
    except (TypeError, KeyError, IndexError, ValueError) as error:
        raise _damaged(path, error) from error
    return blanks


def read_judged_sets(split: Path, part: str) -> list[Judged]:
    """Read the real outfits and the shuffled ones.

    Raises:
        DataError: a file is missing or damaged, or names items that no outfit has.
    """
    path = split / f"compatibility_{part}.txt"
    sets = read_sets(split, part)
    judged: list[Judged] = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        label, *names = line.split() or [""]
        if label not in ("0", "1") or not names:
            raise DataError(f"{path}, line {number}: 0 or 1 and items are expected: {line[:80]!r}")
        judged.append(Judged(_items(names, sets, path), label == "1"))
    return judged


def _items(names: Sequence[str], sets: Mapping[str, Mapping[str, str]], path: Path) -> Items:
    found: list[str] = []
    for name in names:
        outfit, _, place = name.partition("_")
        item = sets.get(outfit, {}).get(place)
        if item is None:
            raise DataError(
                f"{path} asks about {name}, which the outfits beside it do not have: "
                "the files are of different downloads, or one of them is cut off"
            )
        found.append(item)
    return tuple(found)


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise _damaged(path, error) from error


def _text(path: Path) -> str:
    if not path.is_file():
        raise DataError(f"{path} is not there; a whole download of Polyvore Outfits holds it")
    return path.read_text(encoding="utf-8")


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(f"{path} is damaged ({error!r}); download it anew")
