"""A job's progress as server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from functools import partial

from vitrine.serve.intake import ENDED
from vitrine.serve.problems import Problem, busy
from vitrine.serve.service import Service
from vitrine.store import JobRecord
from vitrine.types import Json

_LOOK_S = 0.3
_HEARTBEAT_S = 10.0
_MOST_WATCHERS = 32
_AGAIN_S = 5


def watch(service: Service, job_id: str, shown: Callable[[JobRecord], Json]) -> AsyncGenerator[str]:
    """Give the job whenever it changes, as `progress`; its end as `done`, which is the last.

    Between them there is a comment now and then, so that nobody on the way hangs up. The stream
    also ends, without `done`, when the server is told to stop.

    Raises:
        Problem: `busy`, where too many watch already.
    """
    if service.n_watching >= _MOST_WATCHERS:
        raise busy("too many follow imports at once; ask for the import itself", _AGAIN_S)
    return _events(service, job_id, shown)


async def _events(
    service: Service, job_id: str, shown: Callable[[JobRecord], Json]
) -> AsyncGenerator[str]:
    service.n_watching += 1
    try:
        number, last, sent_at = 0, "", time.monotonic()
        while not service.stopping:
            job = await _look(service, job_id)
            if job is not None:
                ended = job.state in ENDED
                data = json.dumps(shown(job), ensure_ascii=False)
                if data != last:
                    number, last, sent_at = number + 1, data, time.monotonic()
                    name = "done" if ended else "progress"
                    yield f"id: {number}\nevent: {name}\ndata: {data}\n\n"
                if ended:
                    return
            if time.monotonic() - sent_at > _HEARTBEAT_S:
                sent_at = time.monotonic()
                yield ": still here\n\n"
            await asyncio.sleep(_LOOK_S)
    finally:
        service.n_watching -= 1


async def _look(service: Service, job_id: str) -> JobRecord | None:
    try:
        return await service.reads.run(partial(service.imports.store.job, job_id))
    except Problem:  # busy: look again in a moment
        return None
