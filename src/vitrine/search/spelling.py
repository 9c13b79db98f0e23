"""What a misspelt word may have meant."""

from __future__ import annotations

from collections.abc import Iterable

_SHORTEST = 4  # letters of a word that may be misspelt
_LONG = 8  # letters of a word in which two mistakes are forgiven


def corrections(word: str, candidates: Iterable[str]) -> dict[str, float]:
    """Keep the candidates that are fewest edits away: one edit in 4 to 7 letters, else up to two.

    Returns:
        Candidate -> likeness, the share of the word's letters that are right, below 1.

    Example:
        >>> corrections("shrit", ["shirt", "skirt", "shoe"])
        {'shirt': 0.8}
        >>> corrections("tie", ["tee"])
        {}
    """
    if len(word) < _SHORTEST:
        return {}
    most = 1 if len(word) < _LONG else 2
    distances = {c: distance(word, c) for c in candidates if abs(len(c) - len(word)) <= most}
    nearest = min(distances.values(), default=most + 1)
    if nearest > most:
        return {}
    return {c: 1 - nearest / len(word) for c, edits in distances.items() if edits == nearest}


def distance(a: str, b: str) -> int:
    """Edits between two words: a letter more, less or other, or two neighbours swapped.

    Damerau (1964) and Levenshtein (1966), where no letter is edited twice.

    Example:
        >>> distance("shrit", "shirt"), distance("sneeker", "sneaker"), distance("", "hat")
        (1, 1, 3)
    """
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            edits = min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                edits = min(edits, before[j - 2] + 1)
            row.append(edits)
        before, last = last, row
    return last[-1]
