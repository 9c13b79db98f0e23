from __future__ import annotations

import gc
import threading
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vitrine.encoders import PhotoEmbedding, decode_side_px, embed_photos, load_encoder
from vitrine.encoders.colour import ColourEncoder
from vitrine.errors import DataError, FetchError, ImageError, NotFoundError, UsageError
from vitrine.images import ImageLimits, decode
from vitrine.settings import Settings
from vitrine.types import EncoderIdentity, Pixels, Tags, Vectors


class MeanEncoder:
    """The mean colour of a photo: no tags, and it counts its batches."""

    identity = EncoderIdentity("mean", "0" * 64, 3, "squash 2 x 2")

    def __init__(self) -> None:
        self.batches: list[int] = []

    def prepare(self, image: Image.Image) -> Pixels:
        return np.asarray(image.resize((2, 2)))

    def embed(self, pixels: Pixels) -> Vectors:
        self.batches.append(len(pixels))
        means = pixels.mean((1, 2)) + 1
        return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)


class BrokenEncoder(MeanEncoder):
    def embed(self, pixels: Pixels) -> Vectors:
        raise RuntimeError("out of order")


def photo(number: int, size: tuple[int, int] = (40, 50), kind: str = "PNG") -> bytes:
    image = Image.new("RGB", size, (number % 256, number * 7 % 256, number * 31 % 256))
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def embed_all(
    items: Sequence[bytes], encoder: MeanEncoder | ColourEncoder | None = None
) -> list[PhotoEmbedding[bytes]]:
    return list(embed_photos(encoder or MeanEncoder(), items, lambda data: data))


def our_threads() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name.startswith("vitrine-photos")]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("batch_size", [1, 4, 100])
def test_every_photo_comes_back_in_order(threads: int, batch_size: int) -> None:
    items, encoder = [photo(n) for n in range(25)], MeanEncoder()
    found = embed_photos(encoder, items, bytes, threads=threads, batch_size=batch_size)
    for item, result in zip(items, found, strict=True):
        assert result.item == item
        assert result.sha256 == sha256(item).hexdigest()
        assert (result.width, result.height) == (40, 50)
        alone = MeanEncoder()
        prepared = alone.prepare(Image.open(BytesIO(item)))[None]
        assert result.vector == pytest.approx(alone.embed(prepared)[0], abs=1e-6)
    assert max(encoder.batches) <= batch_size


def test_nothing_gives_nothing() -> None:
    assert embed_all([]) == []


def test_bad_photos_stay_in_their_place() -> None:
    items = [photo(1), b"", photo(2), b"<html>", photo(3)[:60], photo(4)]
    found = embed_all(items)
    assert [result.item for result in found] == items
    assert [type(r.error) for r in found] == [
        type(None), ImageError, type(None), ImageError, ImageError, type(None)
    ]  # fmt: skip
    assert [r.vector is None for r in found] == [r.error is not None for r in found]


def test_a_whole_batch_of_bad_photos_is_no_batch() -> None:
    encoder = MeanEncoder()
    found = list(embed_photos(encoder, [b"x"] * 10, bytes, batch_size=2))
    assert len(found) == 10
    assert encoder.batches == []


def test_unreadable_files_belong_to_their_photo(tmp_path: Path) -> None:
    (tmp_path / "good.png").write_bytes(photo(1))
    paths = [tmp_path / "gone.png", tmp_path, tmp_path / "good.png"]
    gone, folder, good = embed_photos(MeanEncoder(), paths, Path.read_bytes)
    assert isinstance(gone.error, NotFoundError)
    assert "gone.png does not exist" in str(gone.error)
    assert isinstance(folder.error, DataError)
    assert good.error is None
    assert gone.sha256 == ""


def test_our_own_errors_while_reading_are_kept() -> None:
    failure = FetchError("the shop's server said 404")

    def read(item: int) -> bytes:
        if item == 1:
            raise failure
        return photo(item)

    found = list(embed_photos(MeanEncoder(), [0, 1, 2], read))
    assert [result.error for result in found] == [None, failure, None]


def test_a_mistake_in_the_reader_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        list(embed_photos(MeanEncoder(), [1], lambda item: bytes(item // 0)))
    assert our_threads() == []


def test_a_failing_encoder_ends_it_all() -> None:
    with pytest.raises(RuntimeError, match="out of order"):
        list(embed_photos(BrokenEncoder(), [photo(1)], bytes))
    assert our_threads() == []


def test_a_failing_source_ends_it_all() -> None:
    def items() -> Iterator[bytes]:
        yield photo(1)
        raise LookupError("the table ends here")

    with pytest.raises(LookupError, match="ends here"):
        list(embed_photos(MeanEncoder(), items(), bytes))
    assert our_threads() == []


def test_known_photos_are_not_decoded() -> None:
    items = [photo(1), b"not even a photo", photo(2)]
    held = {sha256(items[0]).hexdigest(), sha256(items[1]).hexdigest()}
    found = list(embed_photos(MeanEncoder(), items, bytes, known=held.__contains__))
    assert [result.known for result in found] == [True, True, False]
    assert [result.error for result in found] == [None] * 3
    assert [result.vector is None for result in found] == [True, True, False]
    assert found[0].sha256 in held


def test_look_ahead_is_bounded() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    found = embed_photos(MeanEncoder(), items(), photo, threads=2, batch_size=4)
    for result in found:
        assert len(taken) <= result.item + 1 + 3 * 4
        if result.item == 100:
            break
    found.close()
    assert len(taken) < 130


def test_closing_early_stops_the_threads() -> None:
    found = embed_photos(MeanEncoder(), range(10_000), photo, threads=3, batch_size=4)
    next(found)
    assert our_threads()
    found.close()
    assert our_threads() == []


def test_dropping_it_half_way_stops_the_threads() -> None:
    for _ in embed_photos(MeanEncoder(), range(10_000), photo, batch_size=2):
        break
    gc.collect()
    assert our_threads() == []


def test_thumbnails_on_request() -> None:
    data = photo(9, (900, 600), "JPEG")
    [plain] = embed_photos(MeanEncoder(), [data], bytes)
    [result] = embed_photos(MeanEncoder(), [data], bytes, thumbnail_px=64)
    assert plain.thumbnail is None
    assert result.thumbnail is not None
    with Image.open(BytesIO(result.thumbnail)) as small:
        assert small.format == "WEBP"
        assert small.size == (64, 43)
    assert (result.width, result.height) == (900, 600)


def test_limits_are_handed_down() -> None:
    [result] = embed_photos(MeanEncoder(), [photo(1)], bytes, limits=ImageLimits(max_pixels=10))
    assert isinstance(result.error, ImageError)
    assert result.error.code == "too_many_pixels"


def test_tags_come_in_the_same_pass() -> None:
    reds = Image.new("RGB", (30, 40), "white")
    reds.paste((200, 25, 40), (8, 8, 22, 32))
    out = BytesIO()
    reds.save(out, "PNG")
    tagged, plain = embed_all([out.getvalue()], ColourEncoder()), embed_all([out.getvalue()])
    assert plain[0].tags is None
    assert tagged[0].tags is not None
    assert tagged[0].tags["base_colour"].value == "Red"


def test_a_tagger_without_heads_is_just_an_encoder() -> None:
    class Headless(MeanEncoder):
        heads: Mapping[str, Sequence[str]] = {}

        def embed_and_tag(self, pixels: Pixels) -> tuple[Vectors, list[Tags]]:
            raise NotImplementedError

    assert embed_all([photo(1)], Headless())[0].vector is not None


def test_same_vector_as_a_query_decoded_with_the_same_size() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (12, 9, 3), np.uint8)
    out = BytesIO()
    Image.fromarray(noise).resize((1350, 1800), Image.Resampling.BICUBIC).save(out, "JPEG")
    encoder = load_encoder("colour", Settings())
    [result] = embed_photos(encoder, [out.getvalue()], bytes, thumbnail_px=200)
    query = decode(out.getvalue(), at_least_px=decode_side_px(encoder)).image
    alone = encoder.embed(encoder.prepare(query)[None])[0]
    assert result.vector == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize(("threads", "batch_size"), [(-1, 32), (0, 0)])
def test_nonsense_is_refused_at_once(threads: int, batch_size: int) -> None:
    with pytest.raises(UsageError, match="batch_size 1 or more"):
        embed_photos(MeanEncoder(), [b""], bytes, threads=threads, batch_size=batch_size)
