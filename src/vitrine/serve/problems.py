"""Everything that can go wrong over HTTP, each with a code that never changes (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from vitrine.errors import (
    EncoderMismatchError,
    EventsUnavailableError,
    ImageError,
    LockedError,
    NotFoundError,
    UsageError,
    VitrineError,
)
from vitrine.types import Json

MEDIA_TYPE = "application/problem+json"
_LONGEST_DETAIL = 500
_BUSY_AGAIN_S = 1
_EVENTS_AGAIN_S = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table of problems."""

    status: int
    title: str


KINDS: Mapping[str, Kind] = {
    "bad_request": Kind(400, "The request cannot be understood"),
    "malformed_json": Kind(400, "The body is not the JSON that is accepted"),
    "malformed_form": Kind(400, "The body is not the form that it says it is"),
    "cursor_invalid": Kind(400, "The cursor does not belong to this search"),
    "key_missing": Kind(401, "A key is needed"),
    "key_unknown": Kind(401, "The key opens nothing"),
    "key_insufficient": Kind(403, "This needs an admin key"),
    "loopback_only": Kind(403, "Without keys only this computer is served"),
    "web_local": Kind(403, "The pages are shown on the shop's own computer only"),
    "host_refused": Kind(403, "The server is not known by this name"),
    "origin_refused": Kind(403, "Pages of this origin may not ask"),
    "csrf_refused": Kind(403, "The form is not one of this session"),
    "not_found": Kind(404, "There is nothing at this path"),
    "product_not_found": Kind(404, "There is no such product"),
    "photo_not_found": Kind(404, "There is no such photo"),
    "style_not_found": Kind(404, "There is no such style"),
    "import_not_found": Kind(404, "There is no such import"),
    "method_not_allowed": Kind(405, "The path does not know this method"),
    "body_too_slow": Kind(408, "The body took too long to arrive"),
    "not_noted": Kind(409, "Nothing is kept of this visitor"),
    "import_running": Kind(409, "An import is running"),
    "import_ended": Kind(409, "The import is over"),
    "shop_frozen": Kind(409, "The shop cannot be changed"),
    "body_too_large": Kind(413, "The body is too large"),
    "media_type_unsupported": Kind(415, "The body is of a type that is not read here"),
    "invalid": Kind(422, "A value does not fit"),
    "query_invalid": Kind(422, "The search cannot be done as asked"),
    "photo_invalid": Kind(422, "The photo cannot be read"),
    "archive_invalid": Kind(422, "The archive cannot be taken"),
    "catalogue_invalid": Kind(422, "The catalogue cannot be read"),
    "feed_refused": Kind(422, "The feed cannot be fetched"),
    "events_invalid": Kind(422, "None of the events can be kept"),
    "tags_unavailable": Kind(422, "The shop's encoder names nothing on photos"),
    "rate_limited": Kind(429, "Too many requests"),
    "internal": Kind(500, "Something broke in vitrine"),
    "busy": Kind(503, "The server has too much to do"),
    "not_ready": Kind(503, "The server is not ready"),
    "encoder_changed": Kind(503, "The shop moved to another encoder"),
}
"""Code -> status and title; `docs/http-api.md` explains each, and a test says so."""

_OF_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


class Problem(Exception):
    """Ends a request with one row of `KINDS`.

    Args:
        code: of `KINDS`.
        detail: what is wrong with this request and what to do, in one line.
        headers: to send along.
        more: further members of the answer.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    @property
    def status(self) -> int:
        """The HTTP status."""
        return KINDS[self.code].status


class ProblemResponse(JSONResponse):
    """A problem as JSON."""

    media_type = MEDIA_TYPE


def busy(detail: str, retry_after_s: int = _BUSY_AGAIN_S) -> Problem:
    """The answer to a flood: 503 with Retry-After."""
    return Problem("busy", detail, headers={"Retry-After": str(retry_after_s)})


def problem_json(problem: Problem, request_id: str) -> Json:
    """The body of the answer."""
    kind = KINDS[problem.code]
    detail = problem.detail
    if len(detail) > _LONGEST_DETAIL:
        detail = f"{detail[:_LONGEST_DETAIL]}…"
    return {
        "type": f"/docs#{problem.code}",
        "title": kind.title,
        "status": kind.status,
        "code": problem.code,
        "detail": detail,
        "request_id": request_id,
        **problem.more,
    }


def respond(problem: Problem, request_id: str) -> ProblemResponse:
    """The whole answer."""
    body = problem_json(problem, request_id)
    return ProblemResponse(body, status_code=problem.status, headers=problem.headers)


def problem_of(error: VitrineError) -> Problem:
    """Say over HTTP what a lower room raised; never with a path of this machine.

    What the house says of a query or a photo may be passed on, because it speaks of what the client
    sent; what it says of files, settings and locks may not.
    """
    if isinstance(error, ImageError):
        return _problem_of_photo(error)
    if isinstance(error, NotFoundError):
        return Problem("product_not_found", str(error))
    if isinstance(error, UsageError):
        return Problem("query_invalid", str(error))
    if isinstance(error, LockedError):
        detail = "another import is writing to this shop; try again when it is done"
        return Problem("import_running", detail, headers={"Retry-After": "5"})
    if isinstance(error, EventsUnavailableError):
        return busy("what visitors do cannot be kept or read now; try again", _EVENTS_AGAIN_S)
    if isinstance(error, EncoderMismatchError):
        detail = "the shop was moved to another encoder; restart the server to use it"
        return Problem("encoder_changed", detail, headers={"Retry-After": "60"})
    return Problem("internal", "the server's log says more")


def problem_of_http(error: HTTPException) -> Problem:
    """Say what the framework raised in our own words."""
    code = _OF_STATUS.get(error.status_code, "bad_request")
    return Problem(code, _DETAILS.get(code, str(error.detail)), headers=error.headers)


def problem_of_fields(errors: Sequence[Mapping[str, object]]) -> Problem:
    """List the fields that do not fit, from what pydantic found."""
    found = [{"field": _field(error.get("loc")), "reason": str(error["msg"])} for error in errors]
    first = found[0]
    where = f"{first['field']}: " if first["field"] else ""
    return Problem("invalid", f"{where}{first['reason']}", more={"errors": found[:_MOST_ERRORS]})


_MOST_ERRORS = 20
_DETAILS = {
    "not_found": "no such path; /docs lists those that there are",
    "method_not_allowed": "the header Allow names the methods that this path knows",
}


def _problem_of_photo(error: ImageError) -> Problem:
    if error.code == "busy":
        return busy(str(error))
    if error.code == "too_many_bytes":
        return Problem("body_too_large", str(error))
    return Problem("photo_invalid", str(error), more={"photo_code": error.code})


def _field(place: object) -> str:
    if not isinstance(place, tuple):
        return ""
    parts = [str(part) for part in place]  # pyright: ignore[reportUnknownArgumentType]
    return ".".join(part for part in parts if part not in ("body", "query", "path"))[:200]
