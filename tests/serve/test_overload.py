from __future__ import annotations

import asyncio
import io
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
from PIL import Image
from tests.serve.serving import Serve, Served, code_of, until


def heavy_photo(side_px: int = 1600) -> bytes:
    """A photo that takes a while to decode."""
    pixels = np.random.default_rng(7).integers(0, 256, (side_px, side_px, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


def flood(own: Served, photo: bytes, n_clients: int) -> list[httpx.Response]:
    with ThreadPoolExecutor(n_clients) as clients:
        asked = [
            clients.submit(own, "POST", "/v1/search", files={"photo": photo})
            for _ in range(n_clients)
        ]
        lively = [own("GET", "/livez").elapsed.total_seconds() for _ in range(5)]
        assert max(lively) < 2
        return [each.result() for each in asked]


def test_a_flood_gets_503_and_then_all_is_well(serve: Serve) -> None:
    with serve(serve_queue=1) as own:
        photo = heavy_photo()
        answers = flood(own, photo, 12)
        assert {answer.status_code for answer in answers} == {200, 503}
        for answer in answers:
            if answer.status_code == 503:
                assert code_of(answer) == "busy"
                assert 1 <= int(answer.headers["retry-after"]) <= 30
        until(lambda: own.service.searches.n_inside == 0)
        assert own("POST", "/v1/search", files={"photo": photo}).status_code == 200
        assert own.service.bodies.n_taken == 0


def test_a_full_house_sends_searches_away_before_it_looks_at_them(serve: Serve) -> None:
    with serve(serve_queue=0, threads=1) as own:
        done = threading.Event()
        with ThreadPoolExecutor(1) as other:
            held = other.submit(asyncio.run, own.service.searches.run(done.wait))
            try:
                until(lambda: own.service.searches.is_full)
                unknown = {"Authorization": "Bearer nobody"}
                asked = "POST", "/v1/search"
                answers = [
                    own(*asked, headers=unknown, json={"text": "dress"}),
                    own(*asked, headers=unknown, files={"photo": b"no photo"}),
                ]
                elsewhere = own("GET", "/v1/products/D0001", headers=unknown)
            finally:
                done.set()
            held.result()
        for answer in answers:
            assert (answer.status_code, code_of(answer)) == (503, "busy")
            assert int(answer.headers["retry-after"]) >= 1
        assert elsewhere.status_code == 401
        assert own.search(text="dress").status_code == 200


def test_uploads_share_a_budget_of_memory(serve: Serve) -> None:
    with serve(serve_bodies_mb=0.5) as own:
        answer = own("POST", "/v1/search", files={"photo": heavy_photo(600)})
        assert (answer.status_code, code_of(answer)) == (503, "busy")
        assert own.service.bodies.n_taken == 0
        assert own.search(text="dress").status_code == 200


def test_a_photo_that_takes_too_long_is_given_up(serve: Serve) -> None:
    with serve(serve_decode_timeout_s=0.02) as own:
        answer = own("POST", "/v1/search", files={"photo": heavy_photo()})
        assert code_of(answer) == "photo_invalid"
        assert answer.json()["photo_code"] == "too_slow"
        assert own.search(text="dress").status_code == 200
