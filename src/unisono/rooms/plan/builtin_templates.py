"""The templates everybody has. Their words are translated when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from unisono.rooms.plan.launches import Kind, Step, Unit


@dataclass(frozen=True)
class BuiltIn:
    """A template with its steps in English."""

    key: str
    name: str
    note: str
    steps: Sequence[Step]

    @property
    def said(self) -> BuiltIn:
        """The same in the language active now."""
        steps = [replace(s, title=gettext(s.title), text=gettext(s.text)) for s in self.steps]
        return replace(self, name=gettext(self.name), note=gettext(self.note), steps=steps)


def _post(offset: int, at: str, title: str, text: str, unit: str = Unit.DAYS) -> Step:
    return Step(title, text, Kind.POST, offset, unit, at)


def _task(offset: int, title: str, text: str) -> Step:
    return Step(title, text, Kind.TASK, offset, Unit.WORKING)


LAUNCH = BuiltIn(
    "product-launch",
    _("Product launch in 12 steps"),
    _("From the first hint four weeks ahead to what customers say three weeks later."),
    (
        _task(
            -25,
            _("Agree on the one message"),
            _("One sentence that every post can lean on, and the link they all lead to."),
        ),
        _post(
            -28,
            "09:00",
            _("A first hint"),
            _("Something is coming. Show a detail, a sound or a hand at work, and name no name."),
        ),
        _task(
            -15,
            _("Collect pictures and films"),
            _("Landscape, square and upright of each; alt texts; consent of everybody shown."),
        ),
        _post(
            -21,
            "12:00",
            _("The problem it solves"),
            _("Tell of the everyday trouble that led to it. End with a question people answer."),
        ),
        _post(
            -14,
            "09:00",
            _("Behind the scenes"),
            _("Who made it, what went wrong on the way, what they are proud of."),
        ),
        _post(
            -7,
            "18:00",
            _("The date"),
            _("Say the day and the hour, and how to be reminded."),
        ),
        _task(
            -3,
            _("Ready customer service"),
            _("Ten questions that will come, with their answers; who answers on the day."),
        ),
        _post(
            -1,
            "17:00",
            _("Tomorrow"),
            _("One picture, one line, the hour."),
        ),
        _post(
            0,
            "09:00",
            _("It is here"),
            _("What it is, for whom, what it costs, where to get it. The link comes first."),
        ),
        _post(
            2,
            "12:00",
            _("How it works"),
            _("Three steps anybody can follow, as pictures or a thread."),
        ),
        _post(
            7,
            "12:00",
            _("The first voices"),
            _("Quote two or three customers, with their consent, and thank them."),
        ),
        _post(
            21,
            "09:00",
            _("What we learned"),
            _("What people asked for most, what changes next, and an offer for those who waited."),
        ),
    ),
)

EVENT = BuiltIn(
    "event",
    _("Event"),
    _("An evening, a fair or a conference: invite, remind, be there, and thank."),
    (
        _task(-30, _("Settle the programme"), _("Date, place, speakers, and how to sign up.")),
        _post(-42, "09:00", _("Save the date"), _("What, when, where; signing up opens soon.")),
        _post(-28, "09:00", _("Signing up is open"), _("Whom one will meet, and the link.")),
        _post(-14, "12:00", _("Meet the speakers"), _("One person, one sentence, one picture.")),
        _post(-7, "12:00", _("One week to go"), _("The programme, and the places that are left.")),
        _post(-1, "16:00", _("See you tomorrow"), _("Way, doors, weather, the tag to post with.")),
        _post(
            0, "09:00", _("Today"), _("Doors open. Where to follow for those who are not there.")
        ),
        _post(1, "12:00", _("Thank you"), _("The three best pictures, and everybody who helped.")),
        _post(7, "09:00", _("To look back at"), _("Recordings, slides, and the next date.")),
    ),
)

OPENING = BuiltIn(
    "job-opening",
    _("Job opening"),
    _("From the advertisement to the last call, counted from the day the job is published."),
    (
        _task(-5, _("Agree on the advertisement"), _("Tasks, wage, place, and who answers.")),
        _post(0, "08:30", _("We are hiring"), _("The job in one sentence, the wage, the link.")),
        _post(3, "12:00", _("A day in this job"), _("A colleague tells their day."), Unit.WORKING),
        _post(8, "12:00", _("Why people stay"), _("What the team says of itself."), Unit.WORKING),
        _post(15, "08:30", _("Questions people ask"), _("Three, with answers."), Unit.WORKING),
        _post(20, "08:30", _("Last days to apply"), _("The last day, and the link."), Unit.WORKING),
        _task(25, _("Close the advertisement"), _("Thank everybody; take the posts off the pins.")),
    ),
)

SALE = BuiltIn(
    "sale",
    _("Sale"),
    _("A short offer with a beginning and an end, counted from its first day."),
    (
        _task(-8, _("Set prices and pages"), _("What is reduced, from when to when, in writing.")),
        _post(-3, "18:00", _("For those who follow us"), _("A hint, or an hour's head start.")),
        _post(0, "08:00", _("It begins"), _("What, how much less, until when. The link first.")),
        _post(2, "12:00", _("What people choose"), _("Three favourites and why.")),
        _post(5, "12:00", _("What is left"), _("Honest numbers; nothing invented.")),
        _post(6, "18:00", _("Last hours"), _("It ends tonight. One line, one link.")),
    ),
)

BUILT_IN = {template.key: template for template in (LAUNCH, EVENT, OPENING, SALE)}
