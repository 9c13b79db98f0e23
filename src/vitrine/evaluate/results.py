"""One line of the table of results, whatever was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from vitrine.metrics import Bin, Interval, bootstrap_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Json


@dataclass(frozen=True, slots=True)
class Result:
    """One figure of one contestant."""

    protocol: str
    measure: str
    contestant: str
    figure: float
    n: int
    """Photos or queries that it is the mean of."""
    low: float | None = None
    """Of the 95 % interval; None where an interval would mean nothing."""
    high: float | None = None
    decimals: int = 3
    values: NDArray[np.float64] | None = field(default=None, repr=False, compare=False)
    """(n,) one for every query, for paired comparisons; None where the figure is no mean."""
    groups: NDArray[np.generic] | None = field(default=None, repr=False, compare=False)
    """(n,) what belongs together."""

    def as_json(self) -> Json:
        """Everything but the single values; no number is not a number."""
        return {
            "protocol": self.protocol,
            "measure": self.measure,
            "contestant": self.contestant,
            "figure": _plain(self.figure),
            "n": self.n,
            "low": _plain(self.low),
            "high": _plain(self.high),
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was measured on one source."""

    source: str
    part: str
    n_photos: int
    contestants: Sequence[str]
    baselines: Sequence[str]
    """Those of the contestants, and rows such as `majority`, that are there to compare with."""
    results: Sequence[Result]
    bins: Mapping[str, Mapping[str, Sequence[Bin]]]
    """Contestant -> head -> bins of its reliability diagram."""
    notes: Sequence[str] = ()

    def find(self, protocol: str, measure: str, contestant: str) -> Result | None:
        """Give the one result of that name, if it was measured."""
        return next(
            (
                r
                for r in self.results
                if (r.protocol, r.measure, r.contestant) == (protocol, measure, contestant)
            ),
            None,
        )

    def as_json(self) -> Json:
        """For results.json."""
        return {
            "source": self.source,
            "part": self.part,
            "photos": self.n_photos,
            "contestants": list(self.contestants),
            "baselines": list(self.baselines),
            "notes": list(self.notes),
            "results": [result.as_json() for result in self.results],
            "reliability": {
                name: {
                    head: [[b.n, b.confidence, b.accuracy] for b in bins]
                    for head, bins in h.items()
                }
                for name, h in self.bins.items()
            },
        }


def mean_result(
    protocol: str,
    measure: str,
    contestant: str,
    values: NDArray[np.generic],
    groups: NDArray[np.generic] | None = None,
) -> Result:
    """A figure that is the mean of one value for every query, with its interval by group."""
    numbers = values.astype(np.float64)
    found = bootstrap_interval(numbers, groups)
    return with_interval(protocol, measure, contestant, found, len(numbers), numbers, groups)


def with_interval(
    protocol: str,
    measure: str,
    contestant: str,
    found: Interval,
    n: int,
    values: NDArray[np.float64] | None = None,
    groups: NDArray[np.generic] | None = None,
) -> Result:
    """A figure whose interval is known."""
    return Result(
        protocol,
        measure,
        contestant,
        found.figure,
        n,
        found.low,
        found.high,
        values=values,
        groups=groups,
    )


def of_encoder(results: Iterable[Result], encoder: str) -> list[Result]:
    """Put ways of asking into the measures, where columns are encoders."""
    return [replace(r, measure=f"{r.measure}, {r.contestant}", contestant=encoder) for r in results]


def lines_of(results: Iterable[Result]) -> dict[tuple[str, str], dict[str, Result]]:
    """(protocol, measure) -> contestant -> result, in the order of first appearance."""
    lines: dict[tuple[str, str], dict[str, Result]] = {}
    for result in results:
        lines.setdefault((result.protocol, result.measure), {})[result.contestant] = result
    return lines


def _plain(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
