"""Put a trained model into the package, after it proved what the package promises of it.

    python -m tools.package_model FOLDER

FOLDER is what `vitrine train encoder` exports. The result replaces src/vitrine/encoders/default,
with a model.json that names every file's SHA-256. MODEL_CARD.md is taken from FOLDER, else from the
model that was there before.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from vitrine.encoders import as_explainer, as_tagger, as_text_encoder, similarity_map
from vitrine.encoders.model_files import folder_file, with_hashes, write_model_folder
from vitrine.encoders.model_row import (
    MODEL_JSON,
    ModelFile,
    ModelFiles,
    ModelInput,
    ModelOutput,
    ModelRow,
    ModelText,
    read_model_row,
)
from vitrine.encoders.onnx import OnnxEncoder, load_model_folder
from vitrine.encoders.packaged import PACKAGED
from vitrine.errors import ConfigurationError, VitrineError
from vitrine.settings import Settings
from vitrine.types import Pixels

CARD = "MODEL_CARD.md"
MOST_MB = 20
SUMMARY = "trained by this project: photos and words, tags, heat maps"
HEADS = {
    *("gender", "master_category", "sub_category", "article_type", "base_colour"),
    *("season", "usage", "pattern", "sleeve", "neckline"),
}
_TARGET = Path(__file__).parents[1] / "src" / "vitrine" / "encoders" / PACKAGED


def main() -> None:
    """Check FOLDER and put it in its place."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, default=_TARGET)
    parser.add_argument(
        "--rehash", action="store_true", help="take the files as they are, whatever their hashes"
    )
    given = parser.parse_args()
    try:
        package(given.folder, given.to, rehash=given.rehash)
    except VitrineError as error:
        sys.exit(f"error: {error}")


def package(folder: Path, target: Path, *, rehash: bool = False) -> None:
    """Check a trained model and put it in the place of the one at `target`.

    Args:
        folder: the model.
        target: where it goes.
        rehash: do not compare the files with the hashes in the folder's model.json.

    Raises:
        ConfigurationError: the model does not keep a promise; nothing was changed.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as somewhere:
        collected, draft = Path(somewhere) / "collected", Path(somewhere) / "draft"
        row = collect(folder, target, collected)
        if rehash:
            row = row.model_copy(update={"files": with_hashes(row.files, {})})
        write_model_folder(row, lambda file: folder_file(collected, file), draft)
        size_mb = sum(path.stat().st_size for path in draft.iterdir()) / 1e6
        require(size_mb <= MOST_MB, f"it has {size_mb:.1f} MB; at most {MOST_MB} fit in a package")
        check(load_model_folder(draft, Settings(threads=1)))
        shutil.rmtree(target, ignore_errors=True)
        draft.replace(target)
    card = f"with {CARD}" if row.files.card else f"WITHOUT {CARD}: write one beside it"
    print(f"{target}: {size_mb:.1f} MB, {len(row.files.model_fields_set)} files, {card}")


def collect(folder: Path, target: Path, collected: Path) -> ModelRow:
    """Copy what belongs to the model, and say in our terms what it is."""
    written = json.loads((folder / MODEL_JSON).read_bytes())
    row = _from_lab(written) if "format" in written else read_model_row(folder)
    shutil.copytree(folder, collected)
    card = next((p for p in (folder / CARD, target / CARD) if p.is_file()), None)
    if card is not None:
        shutil.copyfile(card, collected / CARD)
    files = row.files.model_copy(update={"card": ModelFile(path=CARD) if card else None})
    return row.model_copy(
        update={"name": PACKAGED, "files": files, "licence": "MIT", "summary": SUMMARY}
    )


def _from_lab(written: dict[str, Any]) -> ModelRow:
    """Read the format in which the first models were written down."""
    image, text, hashes = written["image"], written["text"], written["sha256"]

    def file(name: str) -> ModelFile:
        return ModelFile(path=name, sha256=hashes[name])

    return ModelRow(
        name=PACKAGED,
        dim=written["dim"],
        dims=tuple(written["dims"]),
        files=ModelFiles(
            image=file(image["file"]),
            labels=file("labels.json"),
            calibration=file("calibration.json"),
            text=file(text["file"]),
            tokenizer=file("tokenizer.json"),
        ),
        # mean and std are part of the graph
        input=ModelInput(
            height_px=written["height_px"], width_px=written["width_px"], name=image["input"]
        ),
        output=ModelOutput(names=(image["vector"],), cells=image["cells"]),
        text=ModelText(input=text["input"], output=text["vector"]),
    )


def check(encoder: OnnxEncoder) -> None:
    """Hold a model to what the package promises.

    Raises:
        ConfigurationError: it does not keep it.
    """
    pixels = np.stack([encoder.prepare(drawing(n)) for n in range(40)])
    vectors = encoder.embed(pixels)
    require(np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5), "vectors have length 1")
    require(float(np.triu(vectors @ vectors.T, 1).max()) < 1 - 1e-6, "different photos differ")
    alone = np.concatenate([encoder.embed(pixels[n : n + 1]) for n in range(5)])
    require(np.abs(alone - vectors[:5]).max() < 1e-3, "a vector does not depend on its batch")
    check_tags(encoder, pixels)
    check_cells(encoder, pixels)
    check_words(encoder)
    require(bool(encoder.identity.similarity), "calibration.json says what a similarity means")


def check_tags(encoder: OnnxEncoder, pixels: Pixels) -> None:
    """Every head is there, speaks words of its own, and was calibrated."""
    tagger = as_tagger(encoder)
    require(tagger is not None and set(tagger.heads) == HEADS, f"the heads are {sorted(HEADS)}")
    _, tags = encoder.embed_and_tag(pixels)
    for tag in tags:
        known = all(tag[head].value in values for head, values in encoder.heads.items())
        require(known and set(tag) == HEADS, "a tag is one of its head's labels")


def check_cells(encoder: OnnxEncoder, pixels: Pixels) -> None:
    """The parts of the cells sum to the similarity, with photos and with words."""
    require(as_explainer(encoder) is not None, "there are cells")
    vectors, cells = encoder.embed(pixels), encoder.embed_cells(pixels)
    others = np.concatenate([vectors, encoder.embed_text(["red dress", "shoes"])])
    for row in range(8):
        for other in others:
            gap = abs(float(similarity_map(cells[row], other).sum() - vectors[row] @ other))
            require(gap < 1e-4, f"cells sum to the similarity within 1e-4 (here {gap:.1e})")


def check_words(encoder: OnnxEncoder) -> None:
    """Any text has a direction, and different texts differ."""
    require(as_text_encoder(encoder) is not None, "there is a text tower")
    texts = ["", "red dress", "men navy blue shirt", "qqqq zzzz", "x " * 500, "été Ünïcode 靴"]
    vectors = encoder.embed_text(texts)
    require(np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5), "texts have length 1")
    require(float(vectors[1] @ vectors[2]) < 0.999, "different texts differ")


def drawing(number: int) -> Image.Image:
    """A coloured shape on a light ground, with noise."""
    rng = np.random.default_rng(number)
    width, height = (int(side) for side in rng.integers(80, 500, 2))
    ground = rng.integers(225, 256, (height, width, 3)).astype(np.uint8)
    image = Image.fromarray(ground)
    colour = tuple(int(value) for value in rng.integers(0, 256, 3))
    box = (width // 5, height // 6, width - width // 5, height - height // 8)
    (ImageDraw.Draw(image).ellipse if number % 2 else ImageDraw.Draw(image).rectangle)(box, colour)
    return image


def require(kept: bool, promise: str) -> None:
    """Insist on a promise.

    Raises:
        ConfigurationError: it is not kept.
    """
    if not kept:
        raise ConfigurationError(f"the model does not keep a promise: {promise}")


if __name__ == "__main__":
    main()
