"""Requests made up from the API's own description, fitting and not: never a 5xx."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from tests.serve.serving import Serve

from vitrine.serve.problems import KINDS, MEDIA_TYPE

N_EXAMPLES = 15


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
def test_no_request_breaks_the_server(serve: Serve, mode: GenerationMode) -> None:
    n_asked = 0
    with serve(offline=True) as own:
        schema = schemathesis.openapi.from_url(f"{own.url}/openapi.json")
        for found in schema.get_all_operations():
            operation = cast("Any", found).ok()

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=N_EXAMPLES,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=[
                    HealthCheck.too_slow,
                    HealthCheck.filter_too_much,
                    HealthCheck.data_too_large,
                ],
            )
            def check(case: Case[Any]) -> None:
                nonlocal n_asked
                response = case.call()
                n_asked += 1
                assert response.status_code < 500, (case, response.text)
                if response.status_code >= 400:
                    assert response.headers["content-type"] == [MEDIA_TYPE]
                    assert response.json()["code"] in KINDS

            with suppress(Unsatisfiable):  # nothing can be wrong where nothing is sent
                check()
    assert n_asked > 50
