"""What is done to a task from wherever it stands, and the cards of posts and campaigns."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from unisono.kernel.refusals import Invalid
from unisono.rooms.content import queries as content
from unisono.rooms.content.models import Post
from unisono.rooms.people import queries as people
from unisono.rooms.plan import queries as plans
from unisono.rooms.publishing import timing
from unisono.rooms.workflow import queries, risks, workplans
from unisono.rooms.workflow import tasks as work
from unisono.rooms.workflow.models import Task
from unisono.screens.doors import ActorRequest, done, now, toast, uuids
from unisono.screens.work.forms import TaskForm
from unisono.screens.work.mine import may_write, with_acts
from unisono.screens.work.mine import mine as waiting
from unisono.screens.work.views import every, mine_context

VERBS = {"done": work.finish, "in_progress": work.start, "open": work.reopen, "dropped": work.drop}


def state(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Tick it, begin it, open it again, or drop it; answers with the list it was done from."""
    row = queries.task(request.actor, pk)
    verb = VERBS.get(request.POST.get("to", ""))
    if verb is None:
        raise Invalid(_("Choose one of the values offered."), field="to")
    mine = _from(request) == "mine"
    following = waiting(request.actor, now()).after(pk) if mine else pk
    verb(row, by=request.actor, now=now())
    answer = _answer(request, row, focus=following)
    if verb is work.finish and request.htmx and answer.status_code == 200:
        toast(answer, _("“%(title)s” is done.") % {"title": row.title})  # type: ignore[arg-type]
    return answer


def owner(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Give it to somebody else, to oneself (`me`), or back to the department."""
    row = queries.task(request.actor, pk)
    said = request.POST.get("owner", "")
    chosen = uuids([said])
    member = request.member if said == "me" else None
    if chosen:
        member = people.member(request.actor, chosen[0])
    work.assign(row, owner=member, by=request.actor, now=now())
    return _answer(request, row, focus=pk if _from(request) == "mine" else None)


def of_post(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """The post's tasks; a POST adds one."""
    post = content.post(request.actor, pk)
    return _card(request, post=post)


def plan(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """Plan the post's work from its day, or drop what is planned."""
    post = content.post(request.actor, pk)
    if request.POST.get("act") == "drop":
        workplans.drop_work(post, by=request.actor, now=now())
    else:
        timing.plan_work(post, by=request.actor, now=now())
    if not request.htmx:
        return done(request, "post", pk)
    return render(request, "work/card.html", card_context(request, post=post))


def of_campaign(request: ActorRequest, pk: UUID) -> HttpResponseBase:
    """The campaign's own tasks; a POST adds one."""
    return _card(request, campaign=plans.campaign(request.actor, pk))


def _card(request: ActorRequest, **of: Any) -> HttpResponseBase:
    ((name, thing),) = of.items()
    form = TaskForm(request.actor, {**request.POST.dict(), "days": request.POST.get("days", "1")})
    problem = ""
    if request.method == "POST":
        problem = _added(request, form, thing)
        if not problem and not request.htmx:
            return done(request, name, thing.pk)
    context = card_context(request, **of)
    if problem:
        context |= {"problem": problem, "said": request.POST}
    return render(request, "work/card.html", context, status=422 if problem else 200)


def _added(request: ActorRequest, form: TaskForm, thing: Any) -> str:
    """Add what was typed; or the sentence that says why not."""
    if not form.is_valid():
        return str(next(iter(form.errors.values()))[0])
    try:
        work.add(
            title=form.cleaned_data["title"],
            owner=form.cleaned_data["owner"],
            due=form.due,
            of=thing,
            by=request.actor,
            now=now(),
        )
    except Invalid as refusal:
        return refusal.sentence
    return ""


def card_context(request: ActorRequest, **of: Any) -> dict[str, Any]:
    """The card of one post or campaign: its tasks, whether they fit, and who may be given one."""
    ((name, thing),) = of.items()
    actor = request.actor
    rows = queries.tasks_of(actor, **of)
    context: dict[str, Any] = {
        "part": name,
        "thing": thing,
        "tasks": with_acts(actor, rows),
        "now": now(),
        "may_write": may_write(actor, thing.department_id),
        "choices": [("", _("nobody yet")), *_people(thing)],
        "planned": any(row.step for row in rows),
    }
    if isinstance(thing, Post):
        found = risks.at_risk(actor, now=now(), posts=[thing.pk])
        context["risk"] = found[0] if found else None
        context["goes_out"] = timing.goes_out(thing)
    return context


def _people(thing: Any) -> list[tuple[str, str]]:
    return [(str(m.pk), m.name) for m in work.members_for(thing.department_id)]


def _from(request: ActorRequest) -> str:
    return request.POST.get("part", "")


def _answer(request: ActorRequest, row: Task, focus: UUID | None = None) -> HttpResponseBase:
    """The part of the page it was done from, drawn anew; without scripts, the task's page."""
    part = _from(request)
    whose = uuids([request.POST.get("of", "")])
    if part == "person" and whose:
        return done(request, "work.person", whose[0])
    if request.htmx and part == "every":
        request.GET = QueryDict(urlsplit(request.htmx.current_url or "").query)
        return every(request)
    if not request.htmx or part not in ("mine", "post", "campaign"):
        return done(request, "task", row.pk)
    if part == "mine":
        context = mine_context(request) | {"focus": focus}
        return render(request, "work/mine_list.html", context)
    thing = getattr(row, part)
    if thing is None:
        return HttpResponse(status=204)
    return render(
        request, "work/card.html", card_context(request, **{part: thing}) | {"focus": focus}
    )
