from __future__ import annotations

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.serve.serving import Serve, Served, code_of

from vitrine import __version__
from vitrine.serve.manual import render_manual
from vitrine.serve.problems import KINDS


def test_probes_and_version(ask: Served) -> None:
    assert ask("GET", "/livez").json() == {"status": "alive"}
    assert ask("GET", "/readyz").json() == {"status": "ready"}
    assert ask("GET", "/version").json() == {"version": __version__, "encoder": "colour"}


def test_ready_is_what_a_real_query_says(serve: Serve) -> None:
    with serve(serve_upload_megapixels=0.0001) as own:  # refuses the probe's own photo
        response = own("GET", "/readyz")
        assert (response.status_code, code_of(response)) == (503, "not_ready")
        assert own("GET", "/livez").status_code == 200


def test_metrics_are_prometheus_text(ask: Served) -> None:
    ask("GET", "/v1/products/p1")
    ask("GET", "/v1/products/nobody")
    ask("GET", "/wp-login.php")
    ask("PROPFIND", "/livez")
    response = ask("GET", "/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {f.name: f for f in text_string_to_metric_families(response.text)}
    requests = [sample.labels for sample in families["vitrine_requests"].samples]
    assert {"method": "GET", "route": "other", "status": "404"} in requests
    assert {"method": "other", "route": "/livez", "status": "405"} in requests
    routes = {labels.get("route") for labels in requests}
    assert "/v1/products/{product_id:path}" in routes
    assert "wp-login" not in response.text
    assert families["vitrine_ready"].samples[0].value in (0.0, 1.0)
    problems = {s.labels["code"] for s in families["vitrine_problems"].samples}
    assert {"product_not_found", "not_found"} <= problems


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/nothing", "not_found"),
        ("GET", "/v1/nothing", "not_found"),
        ("GET", "/livez/", "not_found"),
        ("DELETE", "/livez", "method_not_allowed"),
        ("GET", "/v1/search", "method_not_allowed"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(
    ask: Served, method: str, path: str, code: str
) -> None:
    response = ask(method, path)
    assert (code_of(response), response.status_code) == (code, KINDS[code].status)
    assert ("allow" in response.headers) == (code == "method_not_allowed")


def test_the_description_is_whole(ask: Served) -> None:
    description = ask("GET", "/openapi.json").json()
    schemas = description["components"]["schemas"]
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], path
            assert operation["description"], path
            assert "default" in operation["responses"], path
            body = operation.get("requestBody", {}).get("content", {})
            if method in ("post", "put"):
                assert body, path
            if "application/json" in body:
                assert body["application/json"]["examples"], path
    named = set(re.findall(r"#/components/schemas/(\w+)", str(description)))
    assert named <= set(schemas)


def test_examples_of_the_description_are_accepted(ask: Served) -> None:
    search = ask("GET", "/openapi.json").json()["paths"]["/v1/search"]["post"]
    for example in search["requestBody"]["content"]["application/json"]["examples"].values():
        assert ask.search(**example["value"]).status_code in (200, 404)


def test_the_manual_loads_nothing(ask: Served) -> None:
    response = ask("GET", "/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in response.text
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", response.text)
    assert "@import" not in response.text
    for path in ask("GET", "/openapi.json").json()["paths"]:
        assert path in response.text
    targets = set(re.findall(r'href="#([^"]+)"', response.text))
    assert targets <= set(re.findall(r'id="([^"]+)"', response.text))
    assert set(KINDS) <= set(re.findall(r'id="([^"]+)"', response.text))


def test_the_manual_escapes(ask: Served) -> None:
    description = ask("GET", "/openapi.json").json()
    description["info"]["title"] = "<b>bold</b>"
    assert "<b>bold</b>" not in render_manual(description)
