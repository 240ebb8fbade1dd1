from __future__ import annotations

from typing import Any

from django.utils import timezone

from tests.cast import Cast
from tests.rooms.test_automation import COMMENT, TASK, rule_of, write
from tests.screens.permissions import row
from unisono.kernel import jobs
from unisono.rooms.automation.models import RuleStep

BLANK = {"trigger": "post.written", "department": "marketing"}
ROWS = [
    row("automations"),
    row("automation.new", least="manager"),
    row("automation.new", "POST", least="manager", status=422, data=BLANK),
    row("automation.parts", "POST", least="manager", data=BLANK | {"do": "add-act"}),
    row("automation", pk="rule_on"),
    row("automation", pk="rule_off"),
    row("automation.edit", least="manager", pk="rule_off"),
    row("automation.edit", "POST", least="manager", status=422, pk="rule_off", data=BLANK),
    row("automation.switch", "POST", least="manager", status=302, pk="rule_off", data={"on": "1"}),
    row("automation.removal", "POST", least="manager", status=302, pk="rule_off"),
    row("automation.undo", "POST", least="contributor", status=302, pk="rule_step"),
]


def things(cast: Cast) -> dict[str, Any]:
    """A rule that acted, and one that waits to be switched on and would have."""
    condition = {"fact": "title", "is": "contains", "value": "title"}
    on = rule_of(cast, acts=[TASK, COMMENT], conditions=[condition])
    title = "A title that is as long as titles are when somebody tells all there is to tell"
    write(cast, title, now=timezone.now())
    jobs.run_pending()
    off = rule_of(cast, on=False, name="Waits", acts=[COMMENT])
    return {"rule_on": on, "rule_off": off, "rule_step": RuleStep.objects.get(position=0)}
