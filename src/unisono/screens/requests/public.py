"""The two pages for people without an account: asking, and following what became of it.

Neither reads the session, and neither changes anything in the name of whoever is signed in: its
address is what allows it. So it needs no cookie, and no proof that our own page sent it.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from unisono.kernel import tenancy
from unisono.kernel.clock import zone_named
from unisono.kernel.refusals import NotFound
from unisono.rooms.library import documents
from unisono.rooms.people.models import Organization
from unisono.rooms.publishing.promises import outcome
from unisono.rooms.requests import actions, files, queries
from unisono.rooms.requests.actions import TooMany
from unisono.rooms.requests.models import IntakeLink, Request
from unisono.screens import outside
from unisono.screens.doors import now, refusals_on, typed
from unisono.screens.requests import uploads
from unisono.screens.requests.forms import AnswerForm, AskForm
from unisono.screens.requests.uploads import Staged

PROOF = "unisono.intake"
FRESH = timedelta(hours=24)
LONGEST = 64 * 1024
GONE = "requests/gone.html"


@csrf_exempt
def ask(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The form behind an intake link."""
    link = queries.link_behind(secret)
    if link is None:
        return outside.gone(request, GONE)
    with translation.override(outside.language(request)), tenancy.within(link.organization_id):
        house = Organization.objects.get(pk=link.organization_id)
        with timezone.override(zone_named(house.zone)):
            return _asking(request, link, house)


@csrf_exempt
def asked(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Where a request stands, for the one who made it; what they are asked back, they answer here.

    Knowing the address is what allows it, as with the form.
    """
    row = queries.request_behind(secret)
    if row is None:
        return outside.gone(request, GONE)
    with (
        translation.override(outside.language(request, row.language)),
        tenancy.within(row.organization_id),
    ):
        house = Organization.objects.get(pk=row.organization_id)
        with timezone.override(zone_named(house.zone)):
            return _following(request, row, house)


def _following(request: HttpRequest, row: Request, house: Organization) -> HttpResponseBase:
    form = AnswerForm()
    if request.method == "POST":
        if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
            return outside.page(GONE, {"status": 413}, status=413)
        if "mails" in request.POST or "List-Unsubscribe" in request.POST:
            wanted = request.POST.get("mails") == "1"
            actions.choose_mails(row, wanted=wanted, now=now())
            return HttpResponseRedirect(request.path)
        form = AnswerForm(request.POST)
        if form.is_valid():
            with refusals_on(form):
                actions.answer(row, **form.cleaned_data, now=now())
                return HttpResponseRedirect(request.path)
    words = queries.words(row)
    context = {
        "house": house.name,
        "row": row,
        "outcome": outcome(row),
        "fresh": request.GET.get("sent") == "1",
        "words": words,
        "asks": bool(words and words[-1].asks) or bool(form.errors),
        "form": form,
        "files": list(row.files.all()),
        "mailed": settings.UNISONO_MAILS,
    }
    return outside.page("requests/asked.html", context, status=422 if form.errors else 200)


def _asking(request: HttpRequest, link: IntakeLink, house: Organization) -> HttpResponseBase:
    if int(request.META.get("CONTENT_LENGTH") or 0) > uploads.BODY_MAX:
        return outside.page(GONE, {"status": 413}, status=413)
    uploads.bound(request)
    form = AskForm(typed(request))
    if request.method != "POST":
        return _form(request, link, house, form, Staged())
    if request.POST.get("website"):
        # A robot filled in what people do not see. It hears what it wants to hear.
        return outside.page("requests/thanks.html", {"house": house.name})
    sending = _sending(request.POST.get("proof", ""))
    if sending is None:
        form.add_error(None, _("This page was open for too long. Please send the form again."))
        if request.FILES:
            form.add_error(None, _("Choose its files again, too."))
        return _form(request, link, house, form, Staged())
    try:
        # While it is not known what came of a form, its files wait: they are not asked for twice.
        found = uploads.staged(
            request, link, sending=sending, sender=outside.sender(request, "intake"), now=now()
        )
        if form.is_valid() and not found.refused:
            with refusals_on(form):
                return _sent(request, link, form, house, sending)
    except NotFound:
        return outside.gone(request, GONE)
    return _form(request, link, house, form, found)


def _form(
    request: HttpRequest,
    link: IntakeLink,
    house: Organization,
    form: AskForm,
    found: Staged,
) -> HttpResponse:
    """The form, with what was typed and which of its files are kept already."""
    bad = bool(form.errors or found.refused)
    full = found.too_many or getattr(form, "too_many", False)
    context = {
        "house": house.name,
        "link": link,
        "form": form,
        "found": found,
        "most": files.FILES_MAX,
        "megabytes": files.BYTES_MAX // 1024 // 1024,
        "accept": ",".join(f".{suffix}" for suffix in ("jpeg", *documents.SUFFIX.values())),
        "proof": _proof(request),
    }
    status = 429 if full else 422 if bad else 200
    return outside.page("requests/ask.html", context, status=status)


def _sent(
    request: HttpRequest, link: IntakeLink, form: AskForm, house: Organization, sending: UUID
) -> HttpResponseBase:
    wish = form.wish_in(translation.get_language() or "en")
    try:
        _row, secret = actions.send(
            link, wish, sending=sending, sender=outside.sender(request, "intake"), now=now()
        )
    except TooMany:
        form.too_many = True  # type: ignore[attr-defined]
        raise
    if secret is None:
        # Sent twice: the first answer had the address, which is kept nowhere.
        return outside.page("requests/thanks.html", {"house": house.name})
    return HttpResponseRedirect(f"{reverse('asked', args=[secret.reveal()])}?sent=1")


def _proof(request: HttpRequest) -> str:
    """The proof the form came with, while it is good: so a corrected form is still the same one."""
    given = request.POST.get("proof", "")
    return given if _sending(given) else _fresh_proof()


def _fresh_proof() -> str:
    return signing.dumps(uuid4().hex, salt=PROOF)


def _sending(proof: str) -> UUID | None:
    try:
        return UUID(signing.loads(proof, salt=PROOF, max_age=FRESH))
    except (signing.BadSignature, ValueError, TypeError):
        return None
