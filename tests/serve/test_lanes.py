from __future__ import annotations

import asyncio
import threading

import pytest

from vitrine.serve.lanes import Lane
from vitrine.serve.problems import Problem


def test_work_waits_in_line_and_no_longer_line_forms() -> None:
    async def main() -> list[object]:
        lane, gate = Lane("test", 1, 1), threading.Event()
        first = asyncio.create_task(lane.run(gate.wait))
        second = asyncio.create_task(lane.run(lambda: "second"))
        await asyncio.sleep(0.01)
        assert lane.n_inside == 2
        with pytest.raises(Problem) as refused:
            await lane.run(lambda: "third")
        gate.set()
        done = [await first, await second]
        assert lane.n_inside == 0
        again = await lane.run(lambda: "again")
        lane.close()
        return [*done, again, refused.value.code, refused.value.headers["Retry-After"]]

    assert asyncio.run(main()) == [True, "second", "again", "busy", "1"]


def test_work_that_nobody_waits_for_still_counts_until_it_ends() -> None:
    async def main() -> None:
        lane, gate = Lane("test", 1, 0), threading.Event()
        task = asyncio.create_task(lane.run(gate.wait))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert lane.n_inside == 1
        gate.set()
        lane.close()
        assert lane.n_inside == 0

    asyncio.run(main())


def test_errors_come_through() -> None:
    async def main() -> None:
        lane = Lane("test", 1, 0)
        with pytest.raises(ZeroDivisionError):
            await lane.run(lambda: 1 // 0)
        assert lane.n_inside == 0
        lane.close()

    asyncio.run(main())
