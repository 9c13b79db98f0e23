"""Open a shop, or build one."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from vitrine.catalog import Catalogue, read_catalogue
from vitrine.encoders import Encoder
from vitrine.settings import Settings, read_settings
from vitrine.shop.eyes import loaded_encoder
from vitrine.shop.shop import Shop
from vitrine.store import create_sqlite, look_into_sqlite, open_sqlite


def open_shop(
    path: str | Path,
    *,
    encoder: str | Path | Encoder | None = None,
    settings: Settings | None = None,
) -> Shop:
    """Open a shop that was built before.

    Args:
        path: the shop file.
        encoder: only to insist on one, to say where a model folder lies, or an encoder of your
            own; None takes the encoder that the shop names.
        settings: None reads VITRINE_* and vitrine.toml.

    Raises:
        NotFoundError: there is no such file.
        ShopVersionError: it is no shop, or a newer release wrote it.
        EncoderMismatchError: `encoder` is not the one that made the shop's vectors.
    """
    return Shop(open_sqlite(Path(path)), settings or read_settings(), encoder=encoder)


@contextmanager
def look_into_shop(path: str | Path, *, settings: Settings | None = None) -> Generator[Shop]:
    """Open a shop to read it; nothing is written, not even where an older release made it.

    Raises:
        NotFoundError: there is no such file.
        ShopVersionError: it is no shop, or a newer release wrote it.
    """
    with look_into_sqlite(Path(path)) as store:
        yield Shop(store, settings or read_settings())


def create_shop(
    path: str | Path,
    *,
    encoder: str | Path | Encoder | None = None,
    settings: Settings | None = None,
) -> Shop:
    """Make an empty shop for an encoder; None takes the one of the settings.

    Raises:
        DataError: the file exists, or its folder does not.
    """
    settings = settings or read_settings()
    chosen = loaded_encoder(settings.encoder if encoder is None else encoder, settings)
    store = create_sqlite(Path(path), chosen.identity)
    return Shop(store, settings, encoder=encoder, loaded=chosen)


def build(
    source: str | Path | Catalogue,
    path: str | Path,
    *,
    encoder: str | Path | Encoder | None = None,
    settings: Settings | None = None,
) -> Shop:
    """Index a catalogue into a shop file, new or there already, and open it.

    Args:
        source: folder, table or feed in any known format, or what `read_catalogue` gave.
        path: the shop file; products that it holds already are updated.
        encoder: for a new shop: a name, a folder, or an encoder of your own; None takes the one of
            the settings.
        settings: None reads VITRINE_* and vitrine.toml.

    Raises:
        NotFoundError: the source does not exist.
        DataError: the source is in no known format.
        LockedError: another process is importing into this shop.
    """
    catalogue = source if isinstance(source, Catalogue) else read_catalogue(source)
    opener = open_shop if Path(path).exists() else create_shop
    shop = opener(path, encoder=encoder, settings=settings)
    shop.add(catalogue)
    return shop
