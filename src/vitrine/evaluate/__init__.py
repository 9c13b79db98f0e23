"""Encoders measured side by side, on photos they have not learnt from, with intervals.

`examples_from` takes a catalogue, `open_contestants` loads encoders and baselines, `evaluate` runs
every protocol that the catalogue allows. `part_of` is the split that training and measuring share.
"""

from __future__ import annotations

from vitrine.evaluate.composed import composed_results
from vitrine.evaluate.contestants import BASELINES, Contestant, open_contestants
from vitrine.evaluate.examples import HEADS, Examples, examples_from, joined
from vitrine.evaluate.grouping import grouping_results
from vitrine.evaluate.hybrid import hybrid_results
from vitrine.evaluate.mobilenet import MOBILENET
from vitrine.evaluate.protocols import PROTOCOLS, Protocol, protocols_for
from vitrine.evaluate.report import (
    columns_of,
    markdown,
    markdown_rows,
    number,
    protocols_of,
    shown,
    summary_of,
    table_of,
    write_report,
)
from vitrine.evaluate.results import Evaluation, Result
from vitrine.evaluate.running import evaluate
from vitrine.evaluate.seen import HeadTags, Seen
from vitrine.evaluate.shopper_photos import write_shopper_photos
from vitrine.evaluate.splits import (
    PARTS,
    SELECTIONS,
    NearDuplicates,
    Part,
    group_name,
    learnt_from,
    part_of,
    read_near_duplicates,
)

__all__ = [
    "BASELINES",
    "HEADS",
    "MOBILENET",
    "PARTS",
    "PROTOCOLS",
    "SELECTIONS",
    "Contestant",
    "Evaluation",
    "Examples",
    "HeadTags",
    "NearDuplicates",
    "Part",
    "Protocol",
    "Result",
    "Seen",
    "columns_of",
    "composed_results",
    "evaluate",
    "examples_from",
    "group_name",
    "grouping_results",
    "hybrid_results",
    "joined",
    "learnt_from",
    "markdown",
    "markdown_rows",
    "number",
    "open_contestants",
    "part_of",
    "protocols_for",
    "protocols_of",
    "read_near_duplicates",
    "shown",
    "summary_of",
    "table_of",
    "write_report",
    "write_shopper_photos",
]
