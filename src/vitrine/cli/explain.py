"""`vitrine explain`: what is seen in a photo, or why a product is like it, place by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrine.cli.explained import (
    PAGE,
    likeness_sheet,
    print_likeness,
    print_tags,
    save_sheet,
    tag_sheet,
)
from vitrine.cli.options import AsJson, EncoderName, Offline, settings_from
from vitrine.cli.output import complain, print_json
from vitrine.errors import UsageError, missing_extra

if TYPE_CHECKING:
    from vitrine.encoders import Encoder
    from vitrine.settings import Settings
    from vitrine.shop import Explanation, TagExplanation

_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", PAGE)
_RUN_FILES = ("checkpoint.pt", "run.json")


def explain(
    photos: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PHOTO", help="A photo; with --against, several.", show_default=False
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="PRODUCT", help="A product of the shop to compare with."),
    ] = None,
    shop: Annotated[
        Path | None,
        typer.Option(
            "--shop", metavar="PATH", help="The shop file; without --against, its encoder."
        ),
    ] = None,
    tags: Annotated[
        list[str] | None,
        typer.Option(
            "--tag",
            metavar="ATTRIBUTE[=VALUE]",
            help="What to look for, such as article_type=Dresses. Repeatable.",
        ),
    ] = None,
    crop: Annotated[
        str | None,
        typer.Option("--crop", metavar="L,T,R,B", help="The part of the photo, as shares 0..1."),
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Option("--like", metavar="ID", help="With --against: a product asked with, too."),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option("--text", metavar="WORDS", help="With --against: words asked with."),
    ] = None,
    but: Annotated[
        str | None, typer.Option("--but", metavar="CHANGE", help="With --against: what differs.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Draw the heat maps: .png, .jpg, .webp, or a page .html.",
        ),
    ] = None,
    encoder: EncoderName = None,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Show what an encoder sees in a photo, or why a product is like it, place by place.

    A photo alone is tagged, and every tag comes with the places that speak for it. With --against,
    the cosine of the photo and the product is split over the places of both; ask as for `vitrine
    search`. Maps of the encoder `default` are exact, without torch: they sum to what it says. The
    folder of a run of `vitrine train` as --encoder gives Grad-CAM, and where a two-branch network
    looks; that needs the extra `train`.
    """
    if out is not None:
        _check_out(out)
    settings = settings_from(offline=offline)
    able = _with_eyes(encoder, settings, similarity=against is not None)
    if against is None:
        photo = _only_photo(photos or [], {"--like": like, "--text": text, "--but": but})
        seen = _see(photo, shop, able, settings, tags or [], crop)
        told, sheet = {"photo": str(photo), **seen.to_json()}, tag_sheet(seen, photo.name)
        show = partial(print_tags, seen)
    else:
        if tags:
            raise UsageError("--tag goes without --against: products are compared as a whole")
        query = {"image": photos, "crop": crop, "like": like or (), "text": text, "but": but}
        found = _compare(against, shop, able, settings, query)
        told, sheet = found.to_json(), likeness_sheet(found)
        show = partial(print_likeness, found)
        for note in found.notes:
            complain(f"note: {note}")
    if out is not None:
        save_sheet(sheet, out)
    if as_json:
        print_json(told | ({"picture": str(out)} if out else {}))
    else:
        show()


def _check_out(out: Path) -> None:
    if out.suffix.lower() not in _SUFFIXES:
        raise UsageError(f"--out {out}: a picture or page ends in {', '.join(_SUFFIXES)}")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out {out}: the folder does not exist; make it first")


def _only_photo(photos: Sequence[Path], asked_with: Mapping[str, object]) -> Path:
    for option, given in asked_with.items():
        if given:
            raise UsageError(f"{option} goes with --against PRODUCT, which is compared with")
    if len(photos) != 1:
        raise UsageError(
            f"{len(photos)} photos are named; give one PHOTO to see its tags, or "
            "--against PRODUCT --shop SHOP to compare with a product"
        )
    return photos[0]


def _see(
    photo: Path,
    shop: Path | None,
    encoder: str | Encoder | None,
    settings: Settings,
    tags: Sequence[str],
    crop: str | None,
) -> TagExplanation:
    from vitrine.shop import explain_tags, open_shop

    if shop is None:
        return explain_tags(photo, encoder=encoder, tags=tags, crop=crop, settings=settings)
    with open_shop(shop, encoder=encoder, settings=settings) as opened:
        return opened.explain_tags(photo, tags=tags, crop=crop)


def _compare(
    product_id: str,
    shop: Path | None,
    encoder: str | Encoder | None,
    settings: Settings,
    query: Mapping[str, Any],
) -> Explanation:
    from vitrine.shop import open_shop

    if shop is None:
        raise UsageError(f"--against {product_id} needs --shop PATH, the shop that has it")
    with open_shop(shop, encoder=encoder, settings=settings) as opened:
        return opened.explain(product_id, **query)


def _with_eyes(given: str | None, settings: Settings, *, similarity: bool) -> str | Encoder | None:
    """What was given, or where that is a training run the run itself, which has gradients.

    The exported model of a run is taken as it is if its own maps are exact.
    """
    if given is None:
        return None
    folder = Path(given)
    if _is_run(folder):
        return _run(folder, settings)
    if not _is_run(folder.absolute().parent):
        return given
    from vitrine.encoders import as_explainer, as_tag_explainer, load_encoder

    loaded = load_encoder(given, settings)
    exact = as_explainer(loaded) if similarity else as_tag_explainer(loaded)
    return loaded if exact else _run(folder.absolute().parent, settings)


def _is_run(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _RUN_FILES)


def _run(folder: Path, settings: Settings) -> Encoder:
    if find_spec("torch") is None:
        raise missing_extra("explaining a training run", "torch", "train")
    from vitrine.train.research.explaining import load_run

    return load_run(folder, settings)
