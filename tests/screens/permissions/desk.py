from tests.screens.permissions import row

ROWS = [
    row("desk"),
    row("desk.part", part="tiles", other=200),
    row("notices"),
    row("notices.reading", "POST", status=302),
    row("search"),
]
