from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from vitrine.encoders import as_tag_explainer, as_tagger, load_encoder
from vitrine.errors import UsageError
from vitrine.settings import Settings

MakeModel = Callable[..., Path]
WEIGHT = np.array([[1.0, 0, 0], [0, 2, 0], [0, 0, -3]], np.float32)


def with_head(folder: Path, operators: tuple[str, ...] = ("ReduceMean", "Gemm")) -> Path:
    """The small model's tags as a linear layer on the mean of its pixels, or something like it."""
    model = onnx.load(folder / "image.onnx")
    graph = model.graph
    for node in [n for n in graph.node if n.output[0] == "tag_base_colour"]:
        graph.node.remove(node)
    graph.initializer.append(numpy_helper.from_array(WEIGHT, "head"))
    graph.initializer.append(numpy_helper.from_array(np.array([0.5, 0, -1], np.float32), "bias"))
    pooled, *between, _ = operators
    name = "ReduceMean" if pooled == "ReduceMean" else "ReduceMax"
    graph.node.append(helper.make_node(name, ["map"], ["seen"], axes=[2, 3], keepdims=0))
    for operator in between:
        graph.node.append(helper.make_node(operator, ["seen"], ["seen2"]))
    inputs = ["seen2" if between else "seen", "head", "bias"]
    graph.node.append(helper.make_node("Gemm", inputs, ["tag_base_colour"], transB=1))
    onnx.checker.check_model(model)
    onnx.save(model, folder / "image.onnx")
    return folder


def test_parts_by_hand(make_model: MakeModel) -> None:
    encoder = load_encoder(with_head(make_model(labels=True)), Settings())
    explainer = as_tag_explainer(encoder)
    assert explainer is not None
    pixels = np.zeros((1, 24, 18, 3), np.uint8)
    pixels[0, 5, 3] = (0, 255, 0)
    [green] = explainer.explain_tags(pixels, [("base_colour", "Green")])
    assert np.argwhere(green.parts).tolist() == [[5, 3]]
    others = 2 / 3  # the mean weight of green light over the three values
    assert green.parts[5, 3] == pytest.approx((2 - others) / (24 * 18))
    assert green.placeless == pytest.approx(0 - (0.5 - 1) / 3)
    assert green.score == pytest.approx((2 - others) / (24 * 18) + 0.5 / 3)
    [surest] = explainer.explain_tags(pixels)
    assert (surest.head, surest.tag.value, surest.method) == ("base_colour", "Red", "exact")
    assert surest.placeless == pytest.approx(0.5 + 0.5 / 3)


def test_maps_of_the_package_sum_to_the_logits() -> None:
    encoder = load_encoder("default", Settings(threads=1))
    explainer, tagger = as_tag_explainer(encoder), as_tagger(encoder)
    assert explainer is not None
    assert tagger is not None
    rng = np.random.default_rng(3)
    for pixels in (np.full((1, 160, 120, 3), 255), rng.integers(0, 256, (1, 160, 120, 3))):
        seen = pixels.astype(np.uint8)
        [tags] = tagger.embed_and_tag(seen)[1]
        asked = [(head, value) for head, values in explainer.heads.items() for value in values]
        for found in explainer.explain_tags(seen, asked):
            assert found.placeless is not None
            total = found.parts.sum(dtype=np.float64) + found.placeless
            assert total == pytest.approx(found.score, abs=1e-3)
        surest = {found.head: found.tag for found in explainer.explain_tags(seen)}
        assert surest.keys() == tags.keys()
        for head, tag in surest.items():
            assert tag.value == tags[head].value
            assert tag.confidence == pytest.approx(tags[head].confidence, abs=1e-4)


@pytest.mark.parametrize("operators", [("ReduceMax", "Gemm"), ("ReduceMean", "Relu", "Gemm")])
def test_what_is_no_sum_is_not_called_exact(
    make_model: MakeModel, operators: tuple[str, ...]
) -> None:
    encoder = load_encoder(with_head(make_model(labels=True), operators), Settings())
    assert as_tagger(encoder) is not None
    assert as_tag_explainer(encoder) is None


def test_a_mean_over_something_else_is_found_out(make_model: MakeModel) -> None:
    """The structure fits, the numbers do not: the parts are tried against the logits."""
    folder = with_head(make_model(labels=True))
    model = onnx.load(folder / "image.onnx")
    graph = model.graph
    [gemm] = [node for node in graph.node if node.output[0] == "tag_base_colour"]
    gemm.attribute.append(helper.make_attribute("alpha", 2.0))
    onnx.save(model, folder / "image.onnx")
    assert as_tag_explainer(load_encoder(folder, Settings())) is None


def test_tags_by_rule_have_no_places() -> None:
    encoder = load_encoder("colour", Settings())
    assert as_tagger(encoder) is not None
    assert as_tag_explainer(encoder) is None


def test_without_heads_there_is_nothing_to_explain(make_model: MakeModel) -> None:
    from vitrine.encoders.onnx import OnnxEncoder

    encoder = load_encoder(make_model(), Settings())
    assert as_tag_explainer(encoder) is None
    assert isinstance(encoder, OnnxEncoder)
    with pytest.raises(UsageError, match="no sum over places"):
        encoder.explain_tags(np.zeros((1, 24, 18, 3), np.uint8))


def test_a_layout_beside_the_map_is_judged_as_a_whole(make_model: MakeModel) -> None:
    """A mean of a map beside a layout, as in the shipped graph."""
    folder = make_model(labels=True)
    model = onnx.load(folder / "image.onnx")
    graph = model.graph
    for node in [n for n in graph.node if n.output[0] == "tag_base_colour"]:
        graph.node.remove(node)
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(3, 3 + 3 * 24 * 18)).astype(np.float32)
    graph.initializer.append(numpy_helper.from_array(weight, "head"))
    graph.initializer.append(numpy_helper.from_array(np.zeros(3, np.float32), "bias"))
    graph.node.extend(
        [
            helper.make_node("ReduceMean", ["map"], ["mean"], axes=[2, 3], keepdims=0),
            helper.make_node("Flatten", ["map"], ["layout"], axis=1),
            helper.make_node("Concat", ["mean", "layout"], ["seen"], axis=1),
            helper.make_node("Gemm", ["seen", "head", "bias"], ["tag_base_colour"], transB=1),
        ]
    )
    onnx.save(model, folder / "image.onnx")
    explainer = as_tag_explainer(load_encoder(folder, Settings()))
    assert explainer is not None
    pixels = np.zeros((1, 24, 18, 3), np.uint8)
    pixels[0, 20, 10, 2] = 255
    [blue] = explainer.explain_tags(pixels, [("base_colour", "Blue")])
    weight -= weight.mean(axis=0)
    assert np.argwhere(blue.parts).tolist() == [[20, 10]]
    assert blue.parts[20, 10] == pytest.approx(weight[2, 2] / (24 * 18), rel=1e-4)
    as_a_whole = weight[2, 3:].reshape(3, 24, 18)[2, 20, 10]
    assert blue.placeless == pytest.approx(as_a_whole, rel=1e-4)
