"""How often one caller may ask."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

_MOST_BUCKETS = 20_000


class TokenBuckets:
    """A bucket for every caller; one request takes one token, tokens drip back in.

    The callers that were quiet longest are forgotten first, which can only favour them.

    Args:
        rate_per_s: tokens that come back a second; 0 limits nobody.
        burst: tokens in a full bucket.
        clock: seconds that never go back.

    Example:
        >>> buckets = TokenBuckets(1.0, 2, clock=lambda: 0.0)
        >>> [buckets.take("me") for _ in range(3)]
        [0, 0, 1]
    """

    def __init__(
        self, rate_per_s: float, burst: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, caller: Hashable, n_tokens: int = 1) -> int:
        """Take tokens; 0 if there were as many, else the whole seconds until there are.

        More than a full bucket holds count as a full bucket.
        """
        if not self._rate_per_s:
            return 0
        now = self._clock()
        left, at = self._buckets.pop(caller, (float(self._burst), now))
        left = min(self._burst, left + (now - at) * self._rate_per_s)
        n_tokens = min(n_tokens, self._burst)
        allowed = left >= n_tokens
        self._buckets[caller] = (left - n_tokens if allowed else left, now)
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((n_tokens - left) / self._rate_per_s))
