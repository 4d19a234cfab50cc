"""Refusals of a server as the errors that the same call raises here, with its problem document."""

from __future__ import annotations

from typing import Any

from abm_desktop.inputs import InputError, UnavailableError

__all__ = ["RemoteInputError", "RemoteUnavailableError", "error_of"]


class RemoteInputError(InputError):
    """Something that the server cannot use; ``problem`` is its RFC 9457 document."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.problem = problem
        key, told = str(problem.get("key", "")), str(problem.get("detail", ""))
        # The server's sentence begins with the key, and so does the text of an InputError.
        message = told.removeprefix(f"{key} ") if key else told
        if _remedy(problem):  # which goes on behind a semicolon
            message, told = message.rstrip("."), told.rstrip(".")
        super().__init__(message, key=key if message != told else "", remedy=_remedy(problem))
        self.key = key if message != told else ""
        self.code = str(problem.get("code", "invalid"))

    def __str__(self) -> str:
        others = [
            f"{each.get('key', '')} {each.get('message', '')}".strip()
            for each in self.problem.get("problems", [])[1:]
        ]
        return "; also ".join([super().__str__(), *others])


class RemoteUnavailableError(UnavailableError):
    """Something that the server cannot do now; ``problem`` is its RFC 9457 document."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.problem = problem
        self.code = str(problem.get("code", "refused"))
        self.remedy = _remedy(problem)
        told = str(problem.get("detail", "")).rstrip(".")
        super().__init__(f"{told}; {self.remedy}" if self.remedy else told)


def _remedy(problem: dict[str, Any]) -> str:
    return str(problem.get("remedy", ""))


def error_of(problem: dict[str, Any]) -> RemoteInputError | RemoteUnavailableError:
    """The error that a problem document stands for.

    What was sent wrongly (400, 401, 403, 404, 413, 415, 421, 422) is a RemoteInputError; what
    cannot be now (409, 412, 429, 5xx) is a RemoteUnavailableError.

    >>> problem = {"status": 422, "detail": "size must be positive", "key": "size", "remedy": "x"}
    >>> error_of(problem)
    RemoteInputError('must be positive')
    >>> print(error_of({"status": 409, "detail": "No market is loaded.", "remedy": "load one"}))
    No market is loaded; load one
    >>> print(error_of({"status": 422, "detail": "Give one of these.", "remedy": "list them"}))
    Give one of these; list them
    """
    status = int(problem.get("status", 500))
    if status in (409, 412, 429) or status >= 500:
        return RemoteUnavailableError(problem)
    return RemoteInputError(problem)
