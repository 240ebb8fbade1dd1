from typing import Any

from tests.cast import Cast
from tests.screens import stories
from tests.screens.permissions import row
from unisono.rooms.engagement import actions as engagement

ROWS = [
    row("conversations"),
    row("conversation.closing", "POST", least="editor", status=302, pk="asked"),
    row("conversation.reopening", "POST", least="editor", status=302, pk="settled"),
    row("message.idea", "POST", least="contributor", status=302, pk="message"),
]


def things(cast: Cast) -> dict[str, Any]:
    publication = stories.published(cast)
    asked = stories.asked(publication, "tom", "When do you open?", cast=cast)
    settled = stories.asked(publication, "pauline", "Thank you.", cast=cast)
    engagement.close(settled, by=cast.actor("admin"), now=stories.LATER)
    return {"asked": asked, "settled": settled, "message": asked.messages.get()}
