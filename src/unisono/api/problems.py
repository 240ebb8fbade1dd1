"""Errors as problem details (RFC 9457), as `application/problem+json`, naming their field."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from unisono.kernel.refusals import Refusal

TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict",
    422: "Unusable input",
    429: "Too many requests",
    500: "Internal error",
}


class ProblemOut(Schema):
    """Why one of many stayed as it was. `data` is what the code tells besides: of `collides` its
    `findings` and `ways_out`, other times whose `wall` and `zone` can be sent instead."""

    code: str
    detail: str
    data: dict[str, Any]


def shape_of(refusal: Refusal | None) -> dict[str, Any] | None:
    """A refusal among many answers."""
    if refusal is None:
        return None
    return {"code": refusal.code, "detail": refusal.sentence, "data": _plain(refusal.data)}


def problem(status: int, code: str, detail: str, **more: Any) -> JsonResponse:
    """One problem document; `type` is a stable slug under `urn:unisono:problem:`."""
    body = {
        "type": f"urn:unisono:problem:{code}",
        "title": TITLES.get(status, "Problem"),
        "status": status,
        "detail": detail,
        **{name: value for name, value in more.items() if value not in ("", None, {}, [])},
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def of_refusal(_request: HttpRequest, error: Refusal) -> JsonResponse:
    """A verb's refusal."""
    return problem(
        error.status, error.code, error.sentence, field=error.field, data=_plain(error.data)
    )


def of_validation(_request: HttpRequest, error: ValidationError) -> JsonResponse:
    """Input that does not fit the schema; every place is named."""
    errors = [
        {"field": ".".join(str(part) for part in found["loc"][1:]), "detail": found["msg"]}
        for found in error.errors
    ]
    first = errors[0] if errors else {"field": "", "detail": ""}
    # Bodies arrive wrapped in the parameter's own name, which means nothing to the caller.
    for found in errors:
        found["field"] = found["field"].removeprefix("payload.")
    sentence = _("“%(field)s” cannot be used: %(why)s") % {
        "field": first["field"],
        "why": first["detail"],
    }
    return problem(422, "invalid", sentence, field=first["field"], errors=errors)


def of_authentication(_request: HttpRequest, _error: AuthenticationError) -> JsonResponse:
    """No token, or none that lives."""
    answer = problem(401, "not_signed_in", _("Send a living token: “Authorization: Bearer uni_…”."))
    answer.headers["WWW-Authenticate"] = 'Bearer realm="unisono"'
    return answer


def of_http(_request: HttpRequest, error: HttpError) -> JsonResponse:
    """What the framework itself refuses, such as a body that is not JSON."""
    return problem(error.status_code, "bad_request", str(error))


ANSWERS: dict[type[Exception], Any] = {
    Refusal: of_refusal,
    ValidationError: of_validation,
    AuthenticationError: of_authentication,
    HttpError: of_http,
}
"""How each kind of error is answered."""


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if isinstance(value, (str, int, list))}
