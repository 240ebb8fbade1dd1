from tests.screens.permissions import row

ROWS = [
    row("setup", status=302, anonymous=302),
    row("setup", "POST", status=302, anonymous=302),
    row("invitation", status=404, other=404, anonymous=404, secret="of-nobody"),
    row("invitation", "POST", status=404, other=404, anonymous=404, secret="of-nobody"),
    row("demo", status=404, anonymous=404),
    row("demo", "POST", status=404, anonymous=404),
    row("language", "POST", status=302, data={"language": "de"}),
    row("theme", "POST", status=302, data={"theme": "dark"}),
    row("organizations"),
    row("organizations", "POST", status=404),
    row("sign_out", "POST", status=302),
]
