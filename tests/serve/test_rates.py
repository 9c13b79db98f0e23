from __future__ import annotations

from vitrine.serve.rates import TokenBuckets


def test_tokens_drip_back() -> None:
    now = 0.0
    buckets = TokenBuckets(2.0, 3, clock=lambda: now)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]
    assert buckets.take("b") == 0
    now = 0.5
    assert [buckets.take("a") for _ in range(2)] == [0, 1]
    now = 100.0
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]


def test_a_slow_drip_says_how_long() -> None:
    buckets = TokenBuckets(0.1, 1, clock=lambda: 0.0)
    assert [buckets.take("a"), buckets.take("a")] == [0, 10]


def test_no_rate_is_no_limit() -> None:
    buckets = TokenBuckets(0.0, 1)
    assert {buckets.take("a") for _ in range(100)} == {0}


def test_the_quietest_are_forgotten_first() -> None:
    buckets = TokenBuckets(0.001, 1, clock=lambda: 0.0)
    assert buckets.take("quiet") == 0
    for number in range(20_000):
        buckets.take(number)
    assert buckets.take("quiet") == 0
    assert buckets.take(19_999) > 0
