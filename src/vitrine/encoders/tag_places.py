"""Which places of a photo speak for a tag, exactly: for tags that are linear in the last map.

A head that is one linear layer on the mean of a feature map says a sum over the map's cells and one
constant (Zhou et al., 2016). The shipped graph gives logits alone, but map and weights are inside,
so the parts are read there: nothing is learnt, and no file is changed.

Confidences depend on how a value's logit differs from those of the others, so the mean logit of the
head is taken off everywhere; without that, maps show what all values have in common. What a head
reads off a layout as a whole (where edges run on the photo) is told as one number: place by place
it would say that a corner without edges speaks for a shirt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from vitrine.encoders.external_data import external_files
from vitrine.encoders.graphs import Graph
from vitrine.encoders.protobuf import field, fields

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Tag

Method: TypeAlias = Literal["exact", "Grad-CAM", "attention"]
"""How a map was made: parts of a sum, a guess by gradients, or where a network looked."""

_GRAPH, _NODE, _OUTPUT = 7, 1, 12  # fields of onnx.proto: of the model, and of its graph
_INPUTS, _OUTPUTS, _OPERATOR = 1, 2, 4  # of a node
_CLOSE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class TagPlaces:
    """What the places of one photo add to one tag."""

    head: str
    tag: Tag
    parts: NDArray[np.float32]
    """(rows, columns) of the encoder's frame."""
    method: Method
    score: float
    """The tag's logit, less the mean logit of its head."""
    placeless: float | None = None
    """Of an exact map, what the score gets from no place in particular: the parts and it sum to the
    score. None for other maps."""
    region: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom of what was looked at, in shares of the frame; None for all."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """A linear head: weights, bias, and what its feature is joined from."""

    weight: str
    bias: str
    sources: tuple[tuple[str, bool], ...]
    """Tensors (n, channels, rows, columns), and whether each is averaged or laid out flat."""


@dataclass(frozen=True, slots=True)
class _Node:
    operator: str
    inputs: tuple[str, ...]
    output: str


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What one head says of a photo, for each of its values."""

    parts: NDArray[np.float32]
    """(values, rows, columns)"""
    placeless: NDArray[np.float64]
    """(values,)"""
    logits: NDArray[np.float32]
    """(values,), of which parts and `placeless` make up all but the mean."""

    @property
    def scores(self) -> NDArray[np.float64]:
        """(values,), 0 on average."""
        return self.logits - self.logits.mean(dtype=np.float64)

    @property
    def adds_up(self) -> bool:
        """Whether the parts are the whole."""
        summed = self.parts.sum(axis=(1, 2), dtype=np.float64) + self.placeless
        most = max(1.0, float(np.abs(self.scores).max()))
        return bool(np.abs(summed - self.scores).max() <= _CLOSE * most)


class TagGraph:
    """An image graph that gives the parts of its tags as well.

    Args:
        graph: opened with all outputs that the layers need.
        layers: output of the graph -> its layer.
    """

    def __init__(self, graph: Graph, layers: Mapping[str, _Layer]) -> None:
        self._graph, self._layers = graph, layers

    def split(self, feed: Mapping[str, NDArray[np.generic]], outputs: Sequence[str]) -> list[Split]:
        """Split what is said of one photo, once for each output that is asked for."""
        wanted = list(dict.fromkeys([*outputs, *_tensors([self._layers[o] for o in outputs])]))
        found = dict(zip(wanted, self._graph.run(wanted, feed), strict=True))
        return [_split(self._layers[name], found, found[name][0]) for name in outputs]


def open_tag_graph(
    encoder: str,
    path: Path,
    threads: int,
    outputs: Sequence[str],
    feed: Mapping[str, NDArray[np.generic]],
) -> TagGraph | None:
    """Open a graph for the parts of its tags; None where they are no sum over places.

    Args:
        encoder: its name, for messages.
        path: the ONNX file.
        threads: as for `Graph`.
        outputs: names of the logits.
        feed: one photo to try it with: parts that miss its logits are none.

    Raises:
        ConfigurationError: the graph cannot be opened or run.
    """
    if not outputs or external_files(path):
        return None
    data = path.read_bytes()
    nodes = _nodes(data)
    layers = {name: layer for name in outputs if (layer := _layer(nodes, name))}
    if len(layers) < len(outputs):
        return None
    opened = TagGraph(
        Graph(encoder, _with_outputs(data, _tensors(layers.values())), threads), layers
    )
    try:
        tried = opened.split(feed, outputs)
    except ValueError:  # of other shapes than a linear layer on a map has
        return None
    return opened if all(each.adds_up for each in tried) else None


def _split(
    layer: _Layer, found: Mapping[str, NDArray[np.float32]], logits: NDArray[np.float32]
) -> Split:
    weight = found[layer.weight].astype(np.float64)
    weight -= weight.mean(axis=0)
    bias = found[layer.bias].astype(np.float64)
    placeless = bias - bias.mean()
    parts: NDArray[np.float64] | None = None
    begin = 0
    for name, averaged in layer.sources:
        [places] = found[name].astype(np.float64)
        if averaged:
            share = weight[:, begin : begin + len(places)] / places[0].size
            added = np.einsum("vc,chw->vhw", share, places)
            parts = added if parts is None else parts + added
            begin += len(places)
        else:
            placeless = placeless + weight[:, begin : begin + places.size] @ places.ravel()
            begin += places.size
    if parts is None or begin != weight.shape[1]:
        raise ValueError("the weights are of another size than the feature")
    return Split(parts.astype(np.float32), placeless, logits)


def _tensors(layers: Iterable[_Layer]) -> list[str]:
    found = [(layer.weight, layer.bias, *(name for name, _ in layer.sources)) for layer in layers]
    return list(dict.fromkeys(name for names in found for name in names))


def _layer(nodes: Mapping[str, _Node], output: str) -> _Layer | None:
    node = nodes.get(output)
    if node is None or node.operator != "Gemm" or len(node.inputs) != 3:
        return None
    feature, weight, bias = node.inputs
    sources = _sources(nodes, feature)
    return _Layer(weight, bias, sources) if sources else None


def _sources(nodes: Mapping[str, _Node], name: str) -> tuple[tuple[str, bool], ...]:
    """What a feature is made of; nothing where it is something else than we know."""
    node = nodes.get(name)
    if node is None:
        return ()
    if node.operator in ("ReduceMean", "Flatten"):
        return ((node.inputs[0], node.operator == "ReduceMean"),)
    if node.operator == "Concat":
        joined = [_sources(nodes, part) for part in node.inputs]
        return tuple(source for part in joined for source in part) if all(joined) else ()
    return ()


def _nodes(data: bytes) -> dict[str, _Node]:
    """Nodes of a graph by the name of their first output."""
    found: dict[str, _Node] = {}
    for number, graph in fields(data, range(len(data))):
        if number != _GRAPH:
            continue
        for kind, place in fields(data, graph):
            if kind == _NODE:
                node = _node(data, place)
                found[node.output] = node
    return found


def _node(data: bytes, part: range) -> _Node:
    said: dict[int, list[str]] = {_INPUTS: [], _OUTPUTS: [], _OPERATOR: []}
    for number, place in fields(data, part):
        if number in said:
            said[number].append(data[place.start : place.stop].decode("utf-8"))
    return _Node(said[_OPERATOR][0], tuple(said[_INPUTS]), said[_OUTPUTS][0])


def _with_outputs(data: bytes, names: Sequence[str]) -> bytes:
    """The model with more outputs: messages that follow one another are merged when read."""
    return data + field(_GRAPH, b"".join(field(_OUTPUT, field(1, name.encode())) for name in names))
