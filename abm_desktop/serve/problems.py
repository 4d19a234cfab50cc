"""Errors as RFC 9457 problem documents: a code, what is wrong, the key, and the remedy.

Every answer that is not a success has the media type ``application/problem+json`` and this shape.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException

from abm_desktop.desk.worker_process import WorkerError
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.live.refusals import refusal_of
from abm_desktop.scenario.errors import ProblemsError
from abm_desktop.scenario.explain import problems_of
from abm_desktop.statements import Fault, FaultError
from abm_desktop.whole_files import TakenError

__all__ = [
    "PROBLEM_TYPE",
    "FieldProblem",
    "NotThereError",
    "ProblemDocument",
    "ProblemError",
    "install",
]

log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
_MOST = 50
"""Problems told of one request."""


class FieldProblem(BaseModel):
    """One thing that is wrong with what was sent."""

    key: str = ""
    """Dotted, like ``stress.magnitude``; "" for the whole."""
    message: str
    remedy: str = ""
    line: int | None = None
    """In a TOML text, from 1."""
    column: int | None = None


class ProblemDocument(BaseModel):
    """What went wrong, as RFC 9457 has it, with code, key and remedy."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    """In English, one sentence or a few."""
    code: str
    """For programs: stays the same from version to version."""
    key: str = ""
    """The field that is wrong, if it is one."""
    remedy: str = ""
    problems: list[FieldProblem] = []
    """All that is wrong, if it is several things."""


class ProblemError(Exception):
    """Raise it in a route to answer with a problem."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        key: str = "",
        remedy: str = "",
        problems: list[FieldProblem] | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = ProblemDocument(
            title=HTTPStatus(status).phrase,
            status=status,
            code=code,
            detail=detail,
            key=key,
            remedy=remedy,
            problems=problems or [],
        )


class NotThereError(ProblemError):
    """There is no such thing: status 404."""

    def __init__(self, what: str, name: object, remedy: str = "") -> None:
        super().__init__(404, "not_there", f"There is no {what} {str(name)[:80]!r}.", remedy=remedy)


_OF_REFUSAL = {
    "invalid": 422,
    "file_refused": 422,
    "market_replaced": 412,
    "failed": 500,
    "no_such_training": 404,
    "no_such_experiment": 404,
    "market_gone": 503,
}
"""Status by code of a refusal; all others are conflicts with how the market is (409)."""


def of_fault(fault: Fault) -> ProblemError:
    """The problem that a refusal is."""
    code = str(getattr(fault, "code", "refused"))
    return ProblemError(
        _OF_REFUSAL.get(code, 409),
        code,
        str(fault),
        key=str(getattr(fault, "key", "")),
        remedy=fault.remedy,
    )


def of_error(error: BaseException) -> ProblemError:
    """The problem that an error of the session is; the program's own faults are told as such."""
    if isinstance(error, ProblemError):
        return error
    fault = getattr(error, "fault", None)
    if isinstance(fault, Fault):
        return of_fault(fault)
    if isinstance(error, ProblemsError):
        found = [
            FieldProblem(
                key=each.key or "",
                message=each.message,
                remedy=each.remedy,
                line=each.line,
                column=each.column,
            )
            for each in error.problems[:_MOST]
        ]
        first = found[0] if found else FieldProblem(message=error.message)
        return ProblemError(
            422, "invalid", f"{first.key} {first.message}".strip(),
            key=first.key, remedy=first.remedy, problems=found,
        )  # fmt: skip
    if isinstance(error, TakenError):
        return ProblemError(409, "taken", str(error), key=error.key, remedy=error.remedy)
    if isinstance(error, InputError):
        what = f"{error.key} {error.message}".strip()
        return ProblemError(422, "invalid", what, key=error.key, remedy=error.remedy)
    if isinstance(error, RecursionError):
        return ProblemError(
            422, "invalid", "What was sent is nested too deeply.", remedy="send less deep tables"
        )
    if isinstance(error, UnavailableError | TimeoutError | OSError):
        return of_fault(refusal_of(error))
    log.error("a request failed", exc_info=error)
    return ProblemError(
        500, "failed", f"{type(error).__name__}: {error}",
        remedy="This is a fault of the program: please report it.",
    )  # fmt: skip


class _ProblemResponse(JSONResponse):
    def render(self, content: Any) -> bytes:
        """JSON of anything: what was sent may be quoted, and need not be Unicode."""
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")


def answer(error: ProblemError, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem as an answer."""
    problem = error.problem
    return _ProblemResponse(
        problem.model_dump(), status_code=problem.status, media_type=PROBLEM_TYPE, headers=headers
    )


def _of_request(request: Request, error: RequestValidationError) -> ProblemError:
    """What is wrong with a request, in the words that a file would be told with if it is a body."""
    return _of_fields(
        _of_body(request, error)
        or [
            FieldProblem(
                key=".".join(map(str, each["loc"][1:])) or str(each["loc"][0]),
                message=str(each["msg"]),
                remedy="see /docs",
            )
            for each in error.errors()[:_MOST]
        ]
    )


def _of_body(request: Request, error: RequestValidationError) -> list[FieldProblem]:
    if any(
        each["loc"][:1] != ("body",) or each["type"] == "json_invalid" for each in error.errors()
    ):
        return []
    field: Any = getattr(request.scope.get("route"), "body_field", None)
    if field is None or error.body is None:
        return []
    kind = field.field_info.annotation
    try:
        TypeAdapter(kind).validate_python(error.body)
    except ValidationError as failure:
        return _fields_of(failure, kind)
    except Exception:
        log.debug("a body cannot be told of by its model", exc_info=True)
    return []


def _fields_of(failure: ValidationError, kind: Any) -> list[FieldProblem]:
    return [
        FieldProblem(key=told.key or "", message=told.message, remedy=told.remedy)
        for _, told in problems_of(failure, kind, most=_MOST)
    ]


def _of_fields(found: list[FieldProblem]) -> ProblemError:
    first = found[0]
    return ProblemError(
        422, "invalid", f"{first.key} {first.message}".strip(),
        key=first.key, remedy=first.remedy, problems=found,
    )  # fmt: skip


def of_values(failure: ValidationError, kind: Any) -> ProblemError:
    """What is wrong with values that are to be of a kind, as if they were a request's body."""
    return _of_fields(_fields_of(failure, kind))


def install(app: FastAPI) -> None:
    """Make every error of an app a problem document."""

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(_of_request(request, error))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = {404: "not_there", 405: "method_not_allowed", 413: "too_large"}.get(
            error.status_code, "refused"
        )
        problem = ProblemError(error.status_code, code, str(error.detail), remedy="see /docs")
        return answer(problem, dict(error.headers or {}))

    async def _ours(request: Request, error: Exception) -> JSONResponse:
        return answer(of_error(error))

    for kind in (
        ProblemError,
        FaultError,
        InputError,
        UnavailableError,
        TimeoutError,
        OSError,
        RecursionError,
        WorkerError,
    ):
        app.add_exception_handler(kind, _ours)
    # Last resort: it is answered, and then raised, which ends the client's connection.
    app.add_exception_handler(Exception, _ours)
