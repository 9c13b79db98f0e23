"""Which files an ONNX graph reads besides itself, found without loading it.

ONNX Runtime opens these files by itself, so their names are checked before it sees the graph.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from vitrine.encoders.protobuf import fields
from vitrine.errors import ConfigurationError

# message -> field number -> message, from onnx.proto: every way to a TensorProto's external_data
_FIELDS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "entry"},
}
_DEEPEST = 100


def external_files(graph: Path) -> tuple[str, ...]:
    """List the files, relative to the graph's folder, that hold weights of a graph; sorted.

    Raises:
        ConfigurationError: the file is no ONNX graph, or a name leads out of its folder.
    """
    try:
        with (
            graph.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            found = sorted(set(_locations(data, range(len(data)), "model", 0)))
    except (ValueError, IndexError) as error:
        raise ConfigurationError(f"{graph} is no ONNX model, or it is damaged") from error
    for name in found:
        if _leads_out(name):
            raise ConfigurationError(
                f"{graph} wants to read {name!r}; a model's data may not leave its folder"
            )
    return tuple(found)


def _leads_out(name: str) -> bool:
    posix = PurePosixPath(name.replace("\\", "/"))
    return not posix.parts or ".." in posix.parts or posix.is_absolute() or ":" in name


def _locations(data: mmap.mmap, part: range, message: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise ValueError("messages are nested too deep")
    for number, value in fields(data, part):
        inner = _FIELDS[message].get(number)
        if inner == "entry":
            entry = {key: data[text.start : text.stop] for key, text in fields(data, value)}
            if entry.get(1) == b"location":
                yield entry.get(2, b"").decode("utf-8")
        elif inner:
            yield from _locations(data, value, inner, depth + 1)
