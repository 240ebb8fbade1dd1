"""What a person does with the screens, as words the journey is told in."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Locator, Page

PASSWORD = "a long and quiet evening"
PATIENCE = 30_000
"""Milliseconds to wait for what should happen soon; generous, for busy machines."""


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.troubles: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else f"{self.address}{path}")

    def press(self, label: str, within: Locator | None = None) -> None:
        """Press the button of this name."""
        place = within or self.page
        place.get_by_role("button", name=label, exact=True).first.click()

    def fill(self, *, form: str = 'form[method="post"]', **fields: str) -> None:
        """Fill a form by its fields' names; choices by their labels."""
        forms = self.page.locator(form)
        for name, value in fields.items():
            field = forms.locator(f'[name="{name}"]').first
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)

    # --- setting up ---

    def sets_up(self, organization: str, name: str, email: str) -> None:
        self.go("/setup/")
        self.fill(
            name=organization,
            zone="Europe/Paris",
            language="English",
            admin_name=name,
            admin_email=email,
            password=PASSWORD,
        )
        self.press("Begin")
        self.page.wait_for_url("**/channels/")

    def connects(self, server: str, handle: str, place: str) -> None:
        self.go("/channels/new/sandbox/")
        self.fill(server=server, handle=handle)
        self.page.locator('[name="place"]').select_option(place)
        self.press("Connect")
        self.page.wait_for_url(re.compile(r"/channels/[0-9a-f-]+/$|/channels/$"))

    def invites(self, email: str, role: str) -> str:
        """The link to hand over; the role holds in the whole organization."""
        self.go("/people/invitations/new/")
        self.fill(email=email)
        self.page.locator(".role-grid select").first.select_option(role)
        self.press("Make the link")
        return self.page.locator(".secret code").inner_text().strip()

    def joins(self, link: str, name: str) -> None:
        self.go(link)
        self.fill(name=name, password=PASSWORD)
        self.press("Join")
        self.page.locator(".shell").wait_for()

    # --- planning ---

    def sets_objective(self, name: str, department: str, first: str, last: str) -> None:
        self.go("/objectives/new/")
        self.fill(name=name, target="2000", starts_on=first, ends_on=last, department=department)
        self.page.locator('[name="metric"]').select_option("reach")
        self.press("Set the objective")
        self.page.wait_for_url(re.compile(r"/objectives/[0-9a-f-]+/$|/strategy/$"))

    def opens_campaign(
        self, name: str, objective: str, department: str, first: str, last: str
    ) -> None:
        self.go("/campaigns/new/")
        self.fill(
            name=name, starts_on=first, ends_on=last, department=department, objective=objective
        )
        self.press("Open the campaign")
        self.page.wait_for_url(re.compile(r"/campaigns/[0-9a-f-]+/$"))

    def has_idea(self, title: str, note: str, campaign: str) -> None:
        self.go("/ideas/")
        self.page.locator("details summary", has_text="Note, link").click()
        self.fill(title=title, note=note, campaign=campaign)
        self.press("Capture")
        self.page.locator(".idea", has_text=title).wait_for()

    def develops(self, title: str, department: str) -> None:
        """Into a post on every channel."""
        self.page.locator(".idea", has_text=title).get_by_role("link", name="Develop").click()
        self.fill(form='form[action*="development"]', department=department)
        for box in self.page.locator('main input[name="channels"]').all():
            box.check()
        self.press("Start the post")
        self.page.wait_for_url(re.compile(r"/posts/[0-9a-f-]+/$"))

    # --- writing ---

    def tab(self, channel: str) -> Locator:
        return self.page.locator(".variant-tab", has_text=channel)

    def writes(self, text: str) -> None:
        """The common text; saved by itself."""
        self.page.locator("#text-common").fill(text)
        self.saved()

    def writes_for(self, channel: str, text: str) -> None:
        self.tab(channel).click()
        self.page.locator(".editor:not([hidden]) textarea").fill(text)
        self.saved()

    def saved(self) -> None:
        self.page.locator('[data-save-state][data-state="saved"]').wait_for()
        self.page.locator('form[data-composer][data-state="saved"]').wait_for()

    def adds_image(self, file: Path, alt: str) -> None:
        self.page.locator(".media-add input[type=file]").set_input_files(file)
        self.page.locator(".chip", has_text="alt text missing").wait_for()
        self.page.locator(".media-alt").fill(alt)
        self.page.locator(".chip", has_text="alt text ✓").wait_for()
        self.saved()

    def means(self, wall: datetime) -> None:
        """Give the post its time."""
        form = self.page.locator("#when form")
        form.locator('[name="day"]').fill(f"{wall:%Y-%m-%d}")
        form.locator('[name="time"]').fill(f"{wall:%H:%M}")
        with self.page.expect_response(re.compile("/time/$")):
            self.press("Keep this time", form)
        self.page.locator("#progress", has_text=f"{wall:%H:%M}").wait_for()
