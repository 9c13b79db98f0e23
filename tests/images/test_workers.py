from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO

import numpy as np
import psutil
import pytest
from PIL import Image

from vitrine.errors import ImageError, UsageError
from vitrine.images import DecodeWorkers, ImageLimits, decode

LENIENT = ImageLimits(max_pixels=10**10, max_scans=10**6)


def photo(width: int = 64, height: int = 48, colour: tuple[int, int, int] = (9, 99, 199)) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def slow_photo() -> bytes:
    """A small file that libjpeg draws for many seconds: 3 million pixels, 5,000 times."""
    out = BytesIO()
    Image.new("L", (2000, 1500), 128).save(out, "JPEG", progressive=True)
    jpeg = out.getvalue()
    last_scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    return jpeg[:-2] + last_scan * 5_000 + b"\xff\xd9"


def worker_pids() -> set[int]:
    children = psutil.Process().children()
    return {child.pid for child in children if "spawn_main" in " ".join(child.cmdline())}


def code_of(workers: DecodeWorkers, data: bytes) -> str:
    with pytest.raises(ImageError) as caught:
        workers.decode(data)
    return caught.value.code


@pytest.fixture(scope="module")
def workers() -> Iterator[DecodeWorkers]:
    with DecodeWorkers(2) as pool:
        yield pool


def test_a_worker_answers_as_decode_does(workers: DecodeWorkers) -> None:
    values = np.random.default_rng(5).integers(0, 256, (300, 200, 3)).astype(np.uint8)
    out = BytesIO()
    Image.fromarray(values).save(out, "JPEG")
    for at_least_px in (None, 50):
        here = decode(out.getvalue(), at_least_px=at_least_px)
        there = workers.decode(out.getvalue(), at_least_px=at_least_px)
        assert (there.width, there.height, there.format) == (200, 300, "JPEG")
        assert (np.asarray(there.image) == np.asarray(here.image)).all()


def test_a_refusal_comes_through_and_the_worker_stays(workers: DecodeWorkers) -> None:
    workers.decode(photo())
    before = worker_pids()
    assert code_of(workers, b"") == "empty"
    assert code_of(workers, b"<html>") == "not_an_image"
    assert code_of(workers, photo()[:60]) == "truncated"
    with pytest.raises(UsageError, match="at_least_px is 0"):
        workers.decode(photo(), at_least_px=0)
    assert worker_pids() == before


def test_many_threads_get_each_their_own_photo(workers: DecodeWorkers) -> None:
    def colour_of(n: int) -> tuple[int, int, object]:
        decoded = workers.decode(photo(20 + n, 30 + n, (n, 2 * n, 3 * n)))
        return decoded.width, decoded.height, decoded.image.getpixel((5, 5))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(colour_of, range(60)))
    assert answers == [(20 + n, 30 + n, (n, 2 * n, 3 * n)) for n in range(60)]


class Pids:
    """The worker processes that were started since."""

    def __init__(self) -> None:
        self._before = worker_pids()

    def now(self) -> set[int]:
        return worker_pids() - self._before


def test_a_worker_that_died_while_idle_is_replaced_unnoticed() -> None:
    pids = Pids()
    with DecodeWorkers(1) as workers:
        workers.decode(photo())
        (pid,) = pids.now()
        psutil.Process(pid).kill()
        wait_until(lambda: pid not in {child.pid for child in multiprocessing.active_children()})
        assert workers.decode(photo()).width == 64
        assert pids.now() != {pid}


def test_a_worker_whose_exit_status_was_taken_by_somebody_else_is_replaced_too() -> None:
    pids = Pids()
    with DecodeWorkers(1) as workers:
        workers.decode(photo())
        (pid,) = pids.now()
        psutil.Process(pid).kill()
        psutil.Process(pid).wait(5)
        with suppress(ImageError):
            workers.decode(photo())
        assert workers.decode(photo()).width == 64
    assert pids.now() == set()


def test_a_photo_that_is_too_slow_costs_a_worker_and_nothing_else() -> None:
    pids, slow = Pids(), slow_photo()
    with DecodeWorkers(1, limits=LENIENT, deadline_s=0.3) as workers:
        workers.decode(photo())
        first = pids.now()
        started = time.monotonic()
        assert code_of(workers, slow) == "too_slow"
        assert time.monotonic() - started < 5
        assert not any(psutil.pid_exists(pid) for pid in first)
        assert workers.decode(photo()).width == 64
        assert pids.now().isdisjoint(first)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_a_photo_that_takes_too_much_memory_costs_a_worker_and_nothing_else() -> None:
    pids, large = Pids(), photo(4000, 4000)
    assert len(large) < 1_000_000
    with DecodeWorkers(1, memory_bytes=24 * 2**20) as workers:
        workers.decode(photo())
        first = pids.now()
        assert code_of(workers, large) == "too_large"
        assert workers.decode(photo()).width == 64
        assert pids.now().isdisjoint(first)


def test_a_worker_killed_at_work_is_replaced() -> None:
    pids, slow = Pids(), slow_photo()
    with DecodeWorkers(1, limits=LENIENT, deadline_s=30) as workers, ThreadPoolExecutor(1) as pool:
        workers.decode(photo())
        (pid,) = pids.now()
        answer = pool.submit(code_of, workers, slow)
        wait_until(lambda: psutil.Process(pid).cpu_percent(0.05) > 20)
        psutil.Process(pid).kill()
        assert answer.result(timeout=10) == "crashed"
        assert workers.decode(photo()).width == 64


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_bad_photos_from_many_threads_harm_nobody_else() -> None:
    slow = slow_photo()

    def outcome(n: int) -> object:
        if n == 3:
            return code_of(workers, slow)
        return workers.decode(photo(20 + n, 30)).width

    with (
        DecodeWorkers(2, limits=LENIENT, deadline_s=0.3) as workers,
        ThreadPoolExecutor(6) as pool,
    ):
        outcomes = list(pool.map(outcome, range(12)))
    assert outcomes == ["too_slow" if n == 3 else 20 + n for n in range(12)]


def test_waiting_for_a_free_worker_ends() -> None:
    with (
        DecodeWorkers(1, limits=LENIENT, deadline_s=0.6, wait_s=0.05) as workers,
        ThreadPoolExecutor(1) as pool,
    ):
        workers.decode(photo())
        first = pool.submit(code_of, workers, slow_photo())
        wait_until(lambda: first.running() and workers_busy(workers))
        assert code_of(workers, photo()) == "busy"
        assert first.result(timeout=10) == "too_slow"


def workers_busy(workers: DecodeWorkers) -> bool:
    try:
        workers.decode(photo())
    except ImageError as error:
        return error.code == "busy"
    return False


def test_closing_lets_the_photo_at_work_finish_and_leaves_no_process() -> None:
    pids, slow = Pids(), slow_photo()
    n_descriptors = psutil.Process().num_fds() if sys.platform != "win32" else 0
    workers = DecodeWorkers(2, limits=LENIENT, deadline_s=0.3)
    workers.decode(photo())
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(code_of, workers, slow)
        wait_until(answer.running)
        time.sleep(0.05)
        workers.close()
        assert answer.result(timeout=1) == "too_slow"
    assert pids.now() == set()
    statuses = [child.status() for child in psutil.Process().children()]
    assert psutil.STATUS_ZOMBIE not in statuses
    if sys.platform != "win32":
        assert psutil.Process().num_fds() <= n_descriptors + 1  # the resource tracker's pipe
    workers.close()
    with pytest.raises(UsageError, match="are closed"):
        workers.decode(photo())


def test_callers_that_wait_while_it_closes_are_told() -> None:
    workers = DecodeWorkers(1, limits=LENIENT, deadline_s=0.4)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(workers.decode, slow_photo()) for _ in range(4)]
        wait_until(lambda: all(answer.running() for answer in answers))
        workers.close()
        errors = [type(answer.exception(timeout=5)) for answer in answers]
    assert set(errors) <= {ImageError, UsageError}


@pytest.mark.parametrize(
    ("n_workers", "deadline_s", "memory_bytes"), [(0, 1.0, 1), (1, 0.0, 1), (1, 1.0, 0)]
)
def test_a_pool_that_cannot_work_is_refused(
    n_workers: int, deadline_s: float, memory_bytes: int
) -> None:
    with pytest.raises(UsageError, match="must be above zero"):
        DecodeWorkers(n_workers, deadline_s=deadline_s, memory_bytes=memory_bytes)
