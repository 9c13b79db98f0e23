"""Every way to ask, on a small shop of generated photos."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vitrine.errors import NotFoundError, QueryError, UsageError
from vitrine.settings import Settings
from vitrine.shop import SearchResult, Shop, create_shop, open_shop
from vitrine.types import Product

MakeProduct = Callable[..., Product]
MakePhoto = Callable[[int], Path]
COLOURS = ("Red", "Green", "Blue", "White")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Forty products: p000 and p020 show one photo, four in a row are one item_group."""
    folder = tmp_path_factory.mktemp("searching")
    settings = Settings(encoder="colour", models_dir=folder / "models", threads=2)
    opened = create_shop(folder / "a.shop", settings=settings)
    opened.add([_product(folder, number) for number in range(40)])
    opened.add([Product("wordy", title="Striped scarf", pattern="Striped", gender="women")])
    return opened


def _product(folder: Path, number: int) -> Product:
    from decimal import Decimal

    from vitrine.types import Price

    path = folder / f"{number}.png"
    path.write_bytes(_red() if number == 39 else _photo(0 if number == 20 else number))
    return Product(
        f"p{number:03}",
        title=f"{'Striped ' if number % 3 == 0 else ''}shirt number {number}",
        colour="" if number == 39 else COLOURS[number % 4],
        gender="women" if number % 2 else "men",
        pattern="Striped" if number % 3 == 0 else "Solid",
        article_type="Shirts" if number < 30 else "Dresses",
        item_group_id=f"g{number // 4}",
        price=Price(Decimal(100 - number), "EUR"),
        photos=(str(path),),
    )


def _red() -> bytes:
    """A colour that the encoder is sure of."""
    image = Image.new("RGB", (30, 40), "white")
    image.paste((200, 20, 30), (6, 6, 24, 34))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _photo(seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    pixels = np.full((40, 30, 3), 255, np.uint8)
    top, left = rng.integers(1, 12, size=2)
    pixels[top : top + 20, left : left + 15] = rng.integers(0, 200, size=3)
    pixels[top : top + 20 : 3, left : left + 15] //= 2
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def ids(result: SearchResult) -> list[str]:
    return [hit.product_id for hit in result]


def cosines(shop: Shop, product_id: str) -> dict[str, float]:
    """Of every other product's photo with that product's."""
    return {hit.product_id: hit.why["cosine"] for hit in shop.search(like=product_id, k=50)}


def test_what_is_asked_with_never_comes_back(shop: Shop) -> None:
    result = shop.search(like=["p001", "p002"], dislike="p003", k=50)
    assert len(result) == 37
    assert not {"p001", "p002", "p003"} & set(ids(result))


def test_dislikes_move_the_results_away(shop: Shop) -> None:
    away_from = cosines(shop, "p007")
    both = set(ids(shop.search(like="p001", k=10))) | set(away_from)
    plain = [i for i in ids(shop.search(like="p001", k=10)) if i in away_from]
    moved = [i for i in ids(shop.search(like="p001", dislike="p007", k=10)) if i in both]
    assert np.mean([away_from[i] for i in moved if i in away_from]) < np.mean(
        [away_from[i] for i in plain]
    )


def test_a_disliked_photo_counts_like_the_product_that_shows_it(shop: Shop) -> None:
    photo = _photo(7)
    by_photo = shop.search(like="p001", dislike_image=photo, k=50)
    by_product = shop.search(like="p001", dislike="p007", k=50)
    scores = {hit.product_id: hit.score for hit in by_photo}
    assert len(by_photo) == len(by_product) + 1  # the product itself may be found
    for hit in by_product:
        assert hit.score == pytest.approx(scores[hit.product_id], abs=2e-3)


def test_weights_pull_towards_the_heavier(shop: Shop) -> None:
    towards = cosines(shop, "p005")
    light = shop.search(like={"p001": 5.0, "p005": 1.0}, k=8)
    heavy = shop.search(like={"p001": 1.0, "p005": 5.0}, k=8)
    assert np.mean([towards.get(i, 1) for i in ids(heavy)]) > np.mean(
        [towards.get(i, 1) for i in ids(light)]
    )
    assert ids(shop.search(like={"p001": 2.0})) == ids(shop.search(like="p001"))


def test_several_photos_are_searched_by_their_mean(shop: Shop) -> None:
    photos = [_photo(3), _photo(4)]
    found = shop.search(image=photos, k=40)
    mean = shop.embed(photos[0]) + shop.embed(photos[1])
    mean /= np.linalg.norm(mean)
    first = shop.get(found[0].product_id)
    assert found[0].why["cosine"] == pytest.approx(
        float(shop.embed(first.photos[0]) @ mean), abs=2e-3
    )


def test_a_crop_equals_the_cropped_file(shop: Shop) -> None:
    with Image.open(io.BytesIO(_photo(9))) as whole:
        part = io.BytesIO()
        whole.crop((6, 10, 21, 30)).save(part, "PNG")
    cropped = shop.search(image=_photo(9), crop=(6 / 30, 10 / 40, 21 / 30, 30 / 40), k=50)
    assert cropped.hits == shop.search(image=part.getvalue(), k=50).hits
    assert cropped.hits != shop.search(image=_photo(9), k=50).hits
    assert shop.search(image=_photo(9), crop="0,0,1,1").hits == shop.search(image=_photo(9)).hits


def test_words_join_a_product_without_a_text_tower(shop: Shop) -> None:
    result = shop.search(like="p001", text="striped", k=50)
    assert len(result) == 39
    said = [bool(hit.why["words"]) for hit in result]
    alike = [hit for hit in result if not hit.why["words"]]
    assert [hit.why["cosine"] for hit in alike] == sorted(
        (hit.why["cosine"] for hit in alike), reverse=True
    )
    for hit in result:
        share = 1.0 if hit.why["words"] else 0.0
        assert hit.score == pytest.approx(0.6 * max(0, hit.why["cosine"]) + 0.4 * share, abs=1e-3)
    assert sum(said) == 14


def test_words_are_found_where_the_encoder_cannot_be_loaded(
    tmp_path: Path, second_encoder: Path
) -> None:
    moved = tmp_path / "model"
    shutil.copytree(second_encoder, moved)
    settings = Settings(models_dir=tmp_path / "models", threads=1)
    with create_shop(tmp_path / "a.shop", encoder=moved, settings=settings) as built:
        built.add([_product(tmp_path, number) for number in range(4)])
    shutil.rmtree(moved)
    with open_shop(tmp_path / "a.shop", settings=settings) as shop:
        result = shop.search(text="striped", where="gender=men")
        assert ids(result) == ["p000"]
        [note] = result.notes
        assert note.startswith("the encoder 'second' cannot be loaded")
        assert str(tmp_path) not in note
        assert set(ids(shop.search(text="striped", like="p001", k=2))) == {"p000", "p003"}
        assert shop.search(where="gender=men").notes == ()
        with pytest.raises(UsageError, match="encoder 'second', which is not in the table"):
            shop.search(image=_photo(1), text="striped")


def test_words_with_a_dislike_keep_to_what_says_them(shop: Shop) -> None:
    result = shop.search(text="striped", dislike="p003", k=50)
    near = cosines(shop, "p003")
    assert all(hit.why["words"] == ["striped"] for hit in result)
    order = [near[i] for i in ids(result)]
    assert order == sorted(order)
    assert len(order) == 13


def test_but_changes_one_thing_and_keeps_the_others(shop: Shop) -> None:
    result = shop.search(like="p000", but="blue", k=5)  # a red striped shirt for men
    assert {hit.product["colour"] for hit in result} == {"Blue"}
    assert result[0].why["changed"] == {"colour": {"was": "Red", "is": "Blue"}}
    assert result.understood == {"wanted": {"colour": ["Blue"]}}
    assert result[0].product["article_type"] == "Shirts"
    assert [hit.score for hit in result] == sorted((h.score for h in result), reverse=True)
    plain = shop.search(like="p000", but="not striped", k=50)
    assert {hit.product["pattern"] for hit in plain} == {"Solid"}
    assert len(plain) == 26


def test_what_changed_is_told_where_examples_disagree_and_for_every_field(shop: Shop) -> None:
    two = shop.search(like=["p000", "p001"], but="blue", k=1)
    assert two[0].why["changed"] == {"colour": {"was": "Red, Green", "is": "Blue"}}
    shop.patch("p021", age_group="kids")
    kids = shop.search(like="p000", but="for kids", k=5)
    assert ids(kids) == ["p021"]
    assert kids[0].why["changed"] == {"age_group": {"was": None, "is": "kids"}}
    shop.patch("p021", age_group="")


def test_a_variant_with_the_change_comes_before_equal_looks(shop: Shop) -> None:
    result = shop.search(like="p004", but="blue or white or green", group_by="item_group_id", k=1)
    same = [h for h in shop.search(like="p004", but="green", k=40) if h.product_id == "p005"]
    assert same[0].score >= 0.4  # all that should stay has stayed
    assert result[0].why["group"]["by"] == "item_group_id"


def test_cheaper_and_dearer_compare_with_every_example(shop: Shop) -> None:
    cheaper = shop.search(like=["p010", "p020"], but="cheaper", k=50)
    assert sorted(ids(cheaper)) == [f"p{n:03}" for n in range(21, 40)]
    dearer = shop.search(like=["p010", "p020"], but="dearer", k=50)
    assert sorted(ids(dearer)) == [f"p{n:03}" for n in range(10)]
    assert cheaper[0].why["changed"]["price"]["was"] == "90 EUR, 80 EUR"
    bounded = shop.search(like="p010", but="between 70 and 75", k=50)
    assert sorted(ids(bounded)) == [f"p{n:03}" for n in range(25, 31)]
    with pytest.raises(QueryError, match="cheaper than what"):
        shop.search(image=_photo(3), but="cheaper")


def test_words_that_are_no_change_stay_words(shop: Shop) -> None:
    result = shop.search(like="p001", but="blue and number 22", k=3)
    assert result.understood == {"wanted": {"colour": ["Blue"]}, "words": "number 22"}
    assert result[0].product_id == "p022"
    assert result[0].why["words"] == ["number", "22"]


def test_one_hit_of_each_group(shop: Shop) -> None:
    variants = shop.search(like="p001", group_by="item_group_id", where="gender=women", k=50)
    assert len(variants) == 10
    assert len({hit.product["item_group_id"] for hit in variants}) == 10
    group = next(hit for hit in variants if hit.product["item_group_id"] == "g5")
    assert group.why["group"]["n"] == 2
    assert {group.product_id, *group.why["group"]["others"]} == {"p021", "p023"}
    copies = shop.search(like="p001", group_by="near_duplicate", k=50)
    assert len({"p000", "p020"} & set(ids(copies))) == 1
    first = next(hit for hit in copies if hit.product_id == "p000")
    assert first.why["group"] == {"by": "near_duplicate", "n": 2, "others": ["p020"]}


def test_a_filter_alone_gives_all_that_match_in_any_order(shop: Shop) -> None:
    women = shop.search(where="gender=women", sort="price_asc", k=50)
    assert ids(women)[:2] == ["p039", "p037"]
    assert ids(women)[-1] == "wordy"
    assert {hit.score for hit in women} == {1.0}
    assert ids(shop.search(sort="newest", k=2)) == ["wordy", "p039"]
    words = shop.search(text="striped number", sort="price_asc", k=50)
    whole, rest = ids(words)[:14], ids(words)[14:]
    assert whole == [f"p{n:03}" for n in range(39, -1, -3)]
    assert len(rest) == 27


def test_facets_count_all_that_matches_not_only_the_page(shop: Shop) -> None:
    result = shop.search(like="p001", where="gender=women", facets="pattern,price,year", k=2)
    assert (len(result), result.total) == (2, 19)
    assert result.facets is not None
    assert result.facets["pattern"]["values"] == [
        {"value": "Solid", "count": 12},
        {"value": "Striped", "count": 7},
    ]
    assert (result.facets["price"]["min"], result.facets["price"]["max"]) == (61, 97)
    said = shop.search(text="striped", facets=("gender",))
    assert said.facets is not None
    assert sum(v["count"] for v in said.facets["gender"]["values"]) == said.total == 15
    close = shop.search(like="p001", min_score=0.7, k=50, facets="colour")
    assert close.total == len(close) > 0


def test_nothing_close_enough_is_said(shop: Shop) -> None:
    nothing = shop.search(like="p001", min_score=0.9999)
    assert (len(nothing), nothing.nothing_close) == (0, True)
    assert nothing.to_json()["nothing_close"] is True
    some = shop.search(like="p001", min_score=0.5, k=50)
    assert some.nothing_close is False
    assert all(hit.score >= 0.5 for hit in some)
    everything = shop.search(like="p001", k=50)
    assert ids(some) == [hit.product_id for hit in everything if hit.score >= 0.5]
    no_match = shop.search(like="p001", where="price<1", min_score=0.5)
    assert (len(no_match), no_match.nothing_close) == (0, False)


def test_a_plain_answer_keeps_its_shape(shop: Shop) -> None:
    assert shop.search(like="p001").to_json().keys() == {"took_ms", "hits"}


def test_pages_are_cut_from_one_answer(shop: Shop) -> None:
    for how in ({"like": "p001"}, {"like": "p001", "but": "not red"}, {"text": "striped shirt"}):
        asked: dict[str, Any] = how
        whole = ids(shop.search(**asked, k=100))
        pages = [ids(shop.search(**asked, k=7, offset=start)) for start in range(0, 42, 7)]
        assert [product_id for page in pages for product_id in page] == whole


def test_why_says_how_sure_the_encoder_is(shop: Shop) -> None:
    tag = shop._view().tags_of("p039")["base_colour"]  # pyright: ignore[reportPrivateUsage]
    alike = replace(shop.get("p038"), product_id="p040", colour=tag.value, title="like p039")
    shop.add([alike])
    hit = next(hit for hit in shop.search(like="p040", k=50) if hit.product_id == "p039")
    assert hit.why["shared"]["colour"] == tag.value
    assert hit.why["confidence"] == {"colour": pytest.approx(tag.confidence, abs=1e-3)}
    shop.delete("p040")
    assert "confidence" not in shop.search(like="p001", k=1)[0].why


@pytest.mark.parametrize(
    ("asked", "error", "complaint"),
    [
        ({"dislike": "nobody", "text": "x"}, NotFoundError, "no product 'nobody'"),
        ({"like": "p001", "dislike": "wordy"}, QueryError, "'wordy' has no photo to compare"),
        ({"like": "p001", "facets": "color"}, QueryError, "no facet is called 'color'"),
        ({"like": "p001", "but": "red, not red"}, QueryError, "Red and for none of it"),
        ({"like": "p001", "text": "?"}, QueryError, "no word to search for"),
        ({"image": _photo(1), "dislike_image": [_photo(1)] * 3}, None, ""),
    ],
)
def test_a_query_that_cannot_be_answered_says_why(
    shop: Shop, asked: dict[str, Any], error: type[Exception] | None, complaint: str
) -> None:
    if error is None:
        assert len(shop.search(**asked)) == 12
        return
    with pytest.raises(error, match=complaint):
        shop.search(**asked)
