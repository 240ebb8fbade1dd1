"""From HTTP to verdicts: what an answer, or none, proves. Whatever is unclear is `Unknown`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from unisono.kernel.egress import Answer, EgressError, Unreached
from unisono.networks.contract import (
    CannotConnect,
    Limited,
    Refused,
    Sentence,
    SignInAgain,
    Unknown,
    Unsent,
    VerdictRaised,
    gettext_noop,
)

P = ParamSpec("P")
T = TypeVar("T")
MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What reading an answer raises when it is JSON, but not of the promised shape."""

_REFUSING = frozenset({400, 402, 403, 404, 405, 406, 410, 411, 413, 414, 415, 422, 451})
"""Statuses that say: not carried out. 408 and 409 are missing on purpose."""
_FOR_GOOD = frozenset({400, 413, 415, 422})
_OF_EVERYONE = frozenset({"application", "app", "global"})
_WAIT = timedelta(seconds=60)
_LONGEST_WAIT = timedelta(days=1)


def sentence_of(error: EgressError) -> Sentence:
    """What went wrong on the way, for a person."""
    return Sentence(error.template, error.params)


def excerpt(answer: Answer) -> dict[str, Any]:
    """The answer as evidence: status and the beginning of the body, never our own secrets."""
    request = answer.headers.get("X-Request-Id", "")
    return {"status": answer.status, "body": answer.text[:2000], "request_id": request}


def undelivered(error: EgressError) -> Unsent | Unknown:
    """The verdict of a `commit` that got no answer."""
    raw = {"error": error.code}
    if isinstance(error, Unreached):
        return Unsent(sentence_of(error), raw)
    return Unknown(sentence_of(error), raw)


def unmade(
    answer: Answer, label: str, *, sign_in: bool = False
) -> Refused | Limited | SignInAgain | Unknown:
    """The verdict of a `commit` that was answered, but not with a post.

    `sign_in`: the adapter has read in the answer that the credentials are no longer accepted.
    """
    raw = excerpt(answer)
    if sign_in or answer.status == 401:
        return SignInAgain(signed_out(label), raw)
    if answer.status == 429:
        scope = answer.headers.get("X-RateLimit-Scope", "").lower()
        return Limited(limited_until(answer), raw, everyone=scope in _OF_EVERYONE)
    if answer.status in _REFUSING:
        return Refused(refusal(answer, label), answer.status in _FOR_GOOD, _field(answer), raw)
    template = gettext_noop(
        "%(network)s answered in a way that does not tell whether the post was made."
    )
    return Unknown(Sentence(template, {"network": label}), raw)


def unseen(outcome: Answer | EgressError, label: str) -> Unknown:
    """The answer of a `look` that neither found the post nor proved its absence."""
    if isinstance(outcome, EgressError):
        return Unknown(sentence_of(outcome), {"error": outcome.code})
    template = gettext_noop("%(network)s could not be asked whether the post is there.")
    return Unknown(Sentence(template, {"network": label}), excerpt(outcome))


def failed(
    outcome: Answer | EgressError, label: str, *, sign_in: bool = False
) -> Refused | Limited | SignInAgain | Unsent:
    """The verdict of a call that makes no post (upload, figures): then nothing is ever unknown."""
    if isinstance(outcome, EgressError):
        return Unsent(sentence_of(outcome), {"error": outcome.code})
    verdict = unmade(outcome, label, sign_in=sign_in)
    if isinstance(verdict, Unknown):
        template = gettext_noop("%(network)s gave an answer Unisono does not understand.")
        return Unsent(Sentence(template, {"network": label}), verdict.raw)
    return verdict


def understood(method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """For calls that make no post: an answer of a strange shape is a failure to try again."""

    @wraps(method)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await method(*args, **kwargs)
        except MISSHAPEN as error:
            template = gettext_noop("The network gave an answer Unisono does not understand.")
            raise VerdictRaised(Unsent(Sentence(template), {"error": repr(error)[:300]})) from error

    return guarded


def signed_out(label: str) -> Sentence:
    """The credentials are no longer accepted."""
    template = gettext_noop(
        "%(network)s no longer accepts this sign-in. Connect the account again."
    )
    return Sentence(template, {"network": label})


def refusal(answer: Answer, label: str) -> Sentence:
    """The network's own reason where it gives one."""
    said = said_by(answer.json())
    if not said:
        template = gettext_noop("%(network)s refused the request (status %(status)s).")
        return Sentence(template, {"network": label, "status": answer.status})
    template = gettext_noop("%(network)s refused: %(reason)s")
    return Sentence(template, {"network": label, "reason": said})


def said_by(body: object) -> str:
    """The message in the usual shapes of a JSON error, at most 300 characters."""
    if not isinstance(body, Mapping):
        return ""
    inner = body.get("error")
    if isinstance(inner, Mapping):
        return said_by(inner)
    for name in ("message", "error_description", "error"):
        if isinstance(body.get(name), str) and body[name]:
            return str(body[name])[:300]
    return ""


def error_code(answer: Answer) -> str:
    """The machine-readable error name, where there is one."""
    body = answer.json()
    error = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(error, Mapping):
        return str(error.get("code", ""))
    return error if isinstance(error, str) else ""


def limited_until(answer: Answer) -> datetime:
    """When to come back: Retry-After (both forms) or a rate-limit reset; else in a minute."""
    headers = answer.headers
    until = _moment(headers.get("Retry-After", ""), answer.at, relative=True) or _moment(
        headers.get("X-RateLimit-Reset", "") or headers.get("RateLimit-Reset", ""),
        answer.at,
        relative=False,
    )
    if until is None or until <= answer.at:
        return answer.at + _WAIT
    return min(until, answer.at + _LONGEST_WAIT)


def _moment(text: str, now: datetime, *, relative: bool) -> datetime | None:
    """Seconds, Unix seconds, ISO 8601 or an HTTP date."""
    try:
        seconds = float(text)
        if relative or seconds < 1e8:
            return now + timedelta(seconds=min(max(seconds, 0.0), 1e6))
        return datetime.fromtimestamp(min(seconds, 4e9), UTC)
    except ValueError:
        pass
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, TypeError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _field(answer: Answer) -> str:
    body = answer.json()
    error = body.get("error") if isinstance(body, Mapping) else None
    return str(error.get("field", "")) if isinstance(error, Mapping) else ""


def not_this_network(server: str, label: str) -> CannotConnect:
    """The server answers, but not like this network."""
    template = gettext_noop("There is no %(network)s server at %(server)s.")
    return CannotConnect(Sentence(template, {"network": label, "server": server}), "server")


def unreachable(error: EgressError, field: str = "server") -> CannotConnect:
    """The server cannot be reached, said beside the field that names it."""
    return CannotConnect(sentence_of(error), field)


def server_address(text: str) -> str:
    """What a person typed as a server, as an origin: `chaos.example` → `https://chaos.example`."""
    typed = text.strip()
    if typed and "://" not in typed:
        typed = "https://" + typed
    scheme, _, rest = typed.partition("://")
    return f"{scheme.lower()}://{rest.split('/')[0].lower()}" if rest else ""


def parsed_time(text: object) -> datetime | None:
    """An RFC 3339 time as aware UTC; None when it is none."""
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
