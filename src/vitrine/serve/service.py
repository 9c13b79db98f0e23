"""Everything that answering needs, opened once: shop, encoder, decoders, lanes, keys, limits."""

from __future__ import annotations

import asyncio
import io
import logging
import math
import os
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders import Encoder, as_tagger, decode_side_px, load_encoder
from vitrine.images import DecodeWorkers, ImageLimits
from vitrine.serve.bodies import BodyBudget
from vitrine.serve.importing import Imports
from vitrine.serve.ingest import Ingest
from vitrine.serve.keys import KeyRing
from vitrine.serve.lanes import Lane
from vitrine.serve.metrics import Metrics
from vitrine.serve.problems import Problem
from vitrine.serve.rates import TokenBuckets
from vitrine.settings import Settings
from vitrine.shop import Shop, open_shop
from vitrine.store import Store, open_sqlite
from vitrine.types import Tags

if TYPE_CHECKING:
    from PIL import Image

_log = logging.getLogger("vitrine.serve")

_READERS = 4
_WAITING_READS = 256
_WAITING_WRITES = 4
_WAITING_ARRIVALS = 8
_PROBE_KEPT_S = 10.0
_PROBE_TIMEOUT_S = 10.0


class Service:
    """One shop, ready to be asked over HTTP.

    Args:
        shop: what is searched.
        store: where keys are.
        encoder: the shop's own, for photos of visitors.
        decoders: where those are decoded.
        settings: limits; `threads` is how many searches run at the same time.
        imports: catalogues that come over HTTP, and who imports them.
    """

    def __init__(
        self,
        shop: Shop,
        store: Store,
        encoder: Encoder,
        decoders: DecodeWorkers,
        settings: Settings,
        imports: Imports,
    ) -> None:
        self.shop = shop
        self.encoder = encoder
        self.settings = settings
        self.keys = KeyRing(store)
        self.rates = TokenBuckets(settings.serve_rate_per_s, settings.serve_burst)
        self.bodies = BodyBudget(int(settings.serve_bodies_mb * 2**20))
        self.searches = Lane("searches", n_searches(settings), settings.serve_queue)
        self.reads = Lane("reads", _READERS, _WAITING_READS)
        self.writes = Lane("writes", 1, _WAITING_WRITES)
        self.arrivals = Lane("arrivals", 1, _WAITING_ARRIVALS)
        self.ingest = Ingest(shop.events)
        self.imports = imports
        self.stopping = False
        """Whether the server was told to stop, so that no answer may go on for ever."""
        self.n_watching = 0
        """Clients that follow an import."""
        self._probes = Lane("probes", 1, 0)
        self._decoders = decoders
        self._side_px = decode_side_px(encoder)
        self._probed_at = -1e9
        self._ready = False
        self._n_products = 0
        self._probing = asyncio.Lock()
        self.metrics = Metrics(
            {
                "searches_inside": lambda: self.searches.n_inside,
                "searches_allowed": lambda: n_searches(settings) + settings.serve_queue,
                "reads_inside": lambda: self.reads.n_inside,
                "writes_inside": lambda: self.writes.n_inside,
                "events_inside": lambda: self.ingest.lane.n_inside,
                "bodies_bytes": lambda: self.bodies.n_taken,
                "ready": lambda: self._ready,
                "products": lambda: self._n_products,
            }
        )

    def decode(self, photo: bytes, share: float = 1.0) -> Image.Image:
        """A visitor's photo, decoded in another process as large as the encoder needs it.

        Args:
            photo: the file.
            share: of its sides, that the encoder will look at.

        Raises:
            ImageError: it cannot or must not be decoded.
        """
        return self._decoders.decode(photo, at_least_px=math.ceil(self._side_px / share)).image

    def tag(self, photo: bytes) -> Tags:
        """What the encoder sees on a visitor's photo.

        Raises:
            ImageError: it cannot or must not be decoded.
            Problem: `tags_unavailable`, where the encoder has no heads.
        """
        tagger = as_tagger(self.encoder)
        if tagger is None:
            name = self.encoder.identity.name
            raise Problem("tags_unavailable", f"the encoder {name!r} of this shop has no tags")
        pixels = self.encoder.prepare(self.decode(photo))[np.newaxis]
        return tagger.embed_and_tag(pixels)[1][0]

    async def ready(self) -> bool:
        """Whether decoder, model and index answered a real query in the last seconds."""
        async with self._probing:
            if time.monotonic() - self._probed_at > _PROBE_KEPT_S:
                try:
                    async with asyncio.timeout(_PROBE_TIMEOUT_S):
                        self._n_products = await self._probes.run(self._probe)
                    self._ready = True
                except Exception:
                    self._ready = False
                    _log.warning("the probe's query was not answered", exc_info=True)
                self._probed_at = time.monotonic()
        return self._ready

    def stop(self) -> None:
        """End what would go on for ever, while requests that run are finished."""
        self.stopping = True
        self.imports.jobs.stop()

    def close(self) -> None:
        """Let running work finish; an import goes back into the queue."""
        self.stop()
        self.imports.jobs.close()
        for lane in (
            self.searches,
            self.reads,
            self.writes,
            self.arrivals,
            self.ingest.lane,
            self._probes,
        ):
            lane.close()

    def _probe(self) -> int:
        self.shop.search(image=self.decode(_drawn_photo()), k=1)
        return len(self.shop)


@contextmanager
def open_service(
    path: Path, settings: Settings, *, encoder: Encoder | str | Path | None = None
) -> Generator[Service]:
    """Open a shop and all that serving it takes, until the block ends.

    Args:
        path: the shop file.
        settings: limits.
        encoder: name or folder of the encoder, or the encoder itself; None takes the one that the
            shop names.

    Raises:
        NotFoundError: there is no shop at `path`.
        EncoderMismatchError: `encoder` is not the one that made the shop's vectors.
    """
    with ExitStack() as stack:
        store = open_sqlite(path)
        stack.callback(store.close)
        given = store.encoder().name if encoder is None else encoder
        # each search runs on one thread; that is faster under load than sharing all cores
        alone = settings.model_copy(update={"threads": 1})
        loaded = load_encoder(given, alone) if isinstance(given, str | Path) else given
        shop = stack.enter_context(open_shop(path, encoder=loaded, settings=settings))
        shop.events.last()  # a database that is not there is told now
        decoders = stack.enter_context(
            DecodeWorkers(
                n_searches(settings),
                limits=ImageLimits(
                    max_bytes=int(settings.serve_upload_mb * 2**20),
                    max_pixels=int(settings.serve_upload_megapixels * 1e6),
                ),
                deadline_s=settings.serve_decode_timeout_s,
                memory_bytes=settings.serve_decode_memory_mb * 2**20,
            )
        )
        half = settings.model_copy(update={"threads": max(1, n_searches(settings) // 2)})
        importer = stack.enter_context(open_shop(path, encoder=loaded, settings=half))
        imports = Imports(store, importer, settings)
        service = Service(shop, store, loaded, decoders, settings, imports)
        stack.callback(service.close)
        yield service


def n_searches(settings: Settings) -> int:
    """How many searches run at the same time."""
    return settings.threads or os.cpu_count() or 1


def _drawn_photo() -> bytes:
    """A photo that any encoder can look at."""
    from PIL import Image

    image = Image.linear_gradient("L").resize((48, 64)).convert("RGB")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
