"""From a bearer token to an actor in scope, with idempotency keys on what creates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from unisono.api.problems import problem
from unisono.kernel import tenancy
from unisono.kernel.idempotency import first_use, forget_old, remember
from unisono.rooms.people import actions as people
from unisono.rooms.people.actors import actor_for_token
from unisono.rooms.people.sessions import token_of

PREFIX = "/api/v1/"
KEY_HEADER = "Idempotency-Key"


class TokenMiddleware:
    """Puts `request.actor` in place and runs the call in one transaction of its organization.

    An answer of 400 and above undoes all that the call wrote.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        request.actor = None
        text = request.headers.get("Authorization", "")
        now = timezone.now()
        found = token_of(text.removeprefix("Bearer ").strip(), now=now) if text else None
        if found is None:
            return self.get_response(request)
        token, organization = found
        with tenancy.within(organization.pk):
            people.token_used(token, now=now)
            request.actor = actor_for_token(token, organization)
            with transaction.atomic():
                response = self._once(request)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
        return response

    def _once(self, request: Any) -> HttpResponse:
        key = request.headers.get(KEY_HEADER, "")
        if request.method != "POST" or not key:
            return self.get_response(request)
        if len(key) > 255:
            return problem(422, "invalid", _("An idempotency key has 255 characters at most."))
        now = timezone.now()
        digest = hashlib.sha256(request.body).hexdigest()
        author = request.actor.author_id
        forget_old(before=now - timedelta(days=1))
        row, fresh = first_use(key, author=author, path=request.path, digest=digest, now=now)
        if not fresh:
            if (row.path, row.body_sha256) != (request.path, digest):
                sentence = _("This idempotency key was used for another request.")
                return problem(422, "key_reused", sentence)
            answer = JsonResponse(row.answer, status=row.status or 200, safe=False)
            answer.headers["Idempotency-Replayed"] = "true"
            return answer
        response = self.get_response(request)
        if response.status_code < 400:
            remember(
                row, status=response.status_code, answer=json.loads(response.content or "null")
            )
        return response
