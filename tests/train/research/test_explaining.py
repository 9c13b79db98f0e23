from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from typer.testing import CliRunner

from vitrine.catalog import Catalogue, read_catalogue
from vitrine.cli import app
from vitrine.encoders import as_explainer, as_tag_explainer, export_encoder, load_encoder
from vitrine.errors import DataError, NotFoundError
from vitrine.settings import Settings
from vitrine.shop import build, explain_tags, open_shop
from vitrine.train.research.backbones import make_backbone, parse_backbone
from vitrine.train.research.classifier import Classifier
from vitrine.train.research.explaining import RunEncoder, grad_cam, load_run, watched
from vitrine.train.research.exporting import Shipped, export_model
from vitrine.train.research.last_layer import train_last_layer
from vitrine.train.research.retrieval import train_retrieval
from vitrine.train.research.session import Asked
from vitrine.train.research.tagger import train_tagger
from vitrine.train.research.two_branch import TwoBranchShape
from vitrine.train.research.two_branch_training import train_two_branch

SETTINGS = Settings(threads=1, offline=True)
MakeAsked = Callable[[str], Asked]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def asked(toys: Path, runs: Path) -> MakeAsked:
    def make(name: str) -> Asked:
        return Asked(
            (str(toys),), runs / name, epochs=1, batch=8, height_px=48, width_px=48, rate=1e-3,
            limit=80,
        )  # fmt: skip

    return make


@pytest.fixture(scope="module")
def tagger(runs: Path) -> Path:
    """What a run leaves, of a network that has learnt nothing yet."""
    folder = runs / "tagger"
    torch.manual_seed(0)
    values = {"gender": ["Men", "Women"], "article_type": ["Caps", "Jeans", "Tshirts"]}
    backbone = make_backbone(parse_backbone("plain"), (48, 48), SETTINGS)
    network = Classifier(backbone, {head: len(known) for head, known in values.items()}).eval()
    shipped = Shipped(network, network.heads, Classifier.features)
    export_model(shipped, folder / "model", "tagger", (48, 48), values=values)
    torch.save({"network": network.state_dict()}, folder / "checkpoint.pt")
    settings = {"height_px": 48, "width_px": 48, "backbone": "plain", "labels": "as-written"}
    (folder / "run.json").write_text(json.dumps(settings), "utf-8")
    return folder


@pytest.fixture(scope="module")
def photo(toys: Path) -> Path:
    return sorted(toys.parent.glob("*.png"))[0]


def test_grad_cam_by_hand() -> None:
    last = torch.tensor([[[[1.0, 2.0]], [[3.0, 1.0]]]], requires_grad=True)
    score = 2 * last[:, 0].mean() - last[:, 1].mean()
    assert grad_cam(score, last, (1, 2)).tolist() == [[0, 1.5]]  # .5 * (2 * 1 - 3), .5 * (4 - 1)


def test_grad_cam_of_tokens_is_laid_out_over_the_photo() -> None:
    tokens = torch.arange(7 * 2.0).view(1, 7, 2).requires_grad_()
    parts = grad_cam(tokens[:, 1:, 0].mean(), tokens, (48, 32), n_prefix=1)
    assert parts.shape == (3, 2)
    assert parts.ravel().tolist() == pytest.approx(np.arange(2, 14, 2) / 6)


def test_a_part_of_a_network_is_watched_and_let_go() -> None:
    body = nn.Conv2d(3, 2, 1)
    network = nn.Sequential(body, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    last, said = watched(body, network, lambda n, x: n(x), torch.rand(1, 3, 4, 4))
    [slope] = torch.autograd.grad(said[0, 1], last)
    assert slope[0, 0].abs().sum() == 0
    assert slope[0, 1].tolist() == pytest.approx(np.full((4, 4), 1 / 16))


def test_of_average_pooling_it_is_the_positive_part_of_the_exact_map(
    tagger: Path, photo: Path
) -> None:
    run = load_run(tagger, SETTINGS)
    exported = as_tag_explainer(load_encoder(str(tagger / "model"), SETTINGS))
    guessing = as_tag_explainer(run)
    assert exported is not None
    assert guessing is not None
    with Image.open(photo) as image:
        pixels = run.prepare(image.convert("RGB"))[np.newaxis]
    wanted = [(head, value) for head, values in guessing.heads.items() for value in values]
    pairs = zip(
        guessing.explain_tags(pixels, wanted), exported.explain_tags(pixels, wanted), strict=True
    )
    for guess, exact in pairs:
        assert (guess.method, exact.method) == ("Grad-CAM", "exact")
        assert guess.placeless is None
        assert guess.score == pytest.approx(exact.score, abs=1e-3)
        assert guess.tag.confidence == pytest.approx(exact.tag.confidence, abs=1e-3)
        assert np.abs(guess.parts - np.maximum(exact.parts, 0)).max() < 1e-4


@pytest.mark.slow
def test_a_trained_tagger_is_read_as_it_was_left(asked: MakeAsked, photo: Path) -> None:
    train_tagger(asked("trained"), SETTINGS)
    run = load_run(asked("trained").out, SETTINGS)
    found = explain_tags(photo, encoder=run, settings=SETTINGS)
    assert [each.attribute for each in found.maps] == ["gender", "article_type", "base_colour"]
    model = asked("trained").out / "model"
    exact = explain_tags(photo, encoder=model, settings=SETTINGS)
    for one, other in zip(found.maps, exact.maps, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-3)


def test_a_run_is_the_encoder_that_it_exported(tagger: Path, photo: Path) -> None:
    run = load_run(tagger, SETTINGS)
    assert isinstance(run, RunEncoder)
    exported = load_encoder(str(tagger / "model"), SETTINGS)
    assert run.identity == exported.identity
    found = explain_tags(photo, encoder=run, settings=SETTINGS)
    assert [each.attribute for each in found.maps] == ["gender", "article_type"]
    again = explain_tags(photo, encoder=run, settings=SETTINGS)
    for one, other in zip(found.maps, again.maps, strict=True):
        assert np.array_equal(one.heat.values, other.heat.values)
        assert one.heat.values.min() >= 0
        assert one.heat.margins == 0


def test_the_command_takes_the_run_and_its_model(tagger: Path, photo: Path) -> None:
    methods: dict[str, str] = {}
    for folder in (tagger, tagger / "model"):
        said = CliRunner().invoke(
            app, ["explain", str(photo), "--encoder", str(folder), "--tag", "gender", "--json"]
        )
        assert said.exit_code == 0, said.output
        methods[folder.name] = json.loads(said.stdout)["tags"][0]["method"]
    assert methods == {"tagger": "Grad-CAM", "model": "exact"}


@pytest.mark.slow
def test_a_hidden_layer_has_no_exact_maps_but_gradients(asked: MakeAsked, photo: Path) -> None:
    train_last_layer(asked("last-layer"), SETTINGS, backbone="plain", even=True)
    folder = asked("last-layer").out
    assert as_tag_explainer(load_encoder(str(folder / "model"), SETTINGS)) is None
    said = CliRunner().invoke(
        app, ["explain", str(photo), "--encoder", str(folder / "model"), "--json"]
    )
    assert said.exit_code == 0, said.output
    [tag] = json.loads(said.stdout)["tags"]
    assert (tag["attribute"], tag["method"]) == ("article_type", "Grad-CAM")
    assert max(map(max, tag["map"]["values"])) > 0


@pytest.mark.slow
def test_a_two_branch_network_shows_where_it_looks(asked: MakeAsked, photo: Path) -> None:
    shape = TwoBranchShape(steps=2, region=(3, 2), codewords=4, hidden=32)
    trained = train_two_branch(asked("two-branch"), shape=shape)
    folder = asked("two-branch").out
    found = explain_tags(photo, encoder=load_run(folder, SETTINGS), settings=SETTINGS)
    assert [each.attribute for each in found.maps] == ["look 1", "look 2", *["label"] * 3]
    assert [each.method for each in found.maps] == [*["attention"] * 2, *["Grad-CAM"] * 3]
    for look in found.maps[:2]:
        assert look.tag.value in trained.labels
        assert look.region is not None
        middle = np.add(look.region.sides[:2], look.region.sides[2:]) / 2
        values = look.heat.values
        row, column = divmod(int(values.argmax()), values.shape[1])
        cell = (np.array([column, row]) + 0.5) / values.shape[::-1]
        sides = np.subtract(look.region.sides[2:], look.region.sides[:2])
        assert (np.abs(cell - middle) <= sides / 2 + 0.1).all(), "the map lies within the frame"
    sure = [each.tag.confidence for each in found.maps[2:]]
    assert sure == sorted(sure, reverse=True)
    (folder / "labels.json").unlink()
    with pytest.raises(DataError, match=r"labels\.json, which names the labels"):
        load_run(folder, SETTINGS)


@pytest.mark.slow
def test_products_are_compared_by_gradients(asked: MakeAsked, toys: Path, photo: Path) -> None:
    train_retrieval(asked("retrieval"), SETTINGS, backbone="plain")
    folder = asked("retrieval").out
    catalogue = Catalogue("toys", "test", list(read_catalogue(toys))[:4], [])
    path = folder / "my.shop"
    build(catalogue, path, encoder=folder / "model", settings=SETTINGS).close()
    with open_shop(path, encoder=load_run(folder, SETTINGS), settings=SETTINGS) as shop:
        found = shop.explain(catalogue.products[1].product_id, image=photo)
    assert found.method == "Grad-CAM"
    assert found.query is not None
    assert found.hit is not None
    for side in (found.query, found.hit):
        assert side.heat.values.min() >= 0
        assert side.heat.values.max() > 0
    assert found.to_json()["method"] == "Grad-CAM"


def test_a_map_after_the_default_encoder_needs_no_gradients(tmp_path: Path) -> None:
    """`make it mine` leaves the exported model itself, whose maps are exact."""
    export_encoder("default", tmp_path / "model", SETTINGS)
    settings = {"height_px": 48, "width_px": 48, "loss": "supcon", "backbone": "default"}
    (tmp_path / "run.json").write_text(json.dumps(settings), "utf-8")
    encoder = load_run(tmp_path, SETTINGS)
    assert not isinstance(encoder, RunEncoder)
    assert as_explainer(encoder) is not None
    assert as_tag_explainer(encoder) is not None


def test_what_is_no_run_is_told(tagger: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="holds no finished run"):
        load_run(tmp_path, SETTINGS)
    copy = tmp_path / "copy"
    shutil.copytree(tagger, copy, ignore=shutil.ignore_patterns("cache"))
    told = json.loads((copy / "run.json").read_text("utf-8"))
    (copy / "run.json").write_text(
        json.dumps(told | {"even": False, "backbone": "timm/resnet18"}), "utf-8"
    )
    with pytest.raises(DataError, match=r"another network than .*run\.json says"):
        load_run(copy, SETTINGS)
    (copy / "checkpoint.pt").write_bytes(b"no weights")
    with pytest.raises(DataError, match=r"checkpoint\.pt cannot be read"):
        load_run(copy, SETTINGS)
