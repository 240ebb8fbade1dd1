"""The lists of follow-ups in a form: as they were typed, and what its buttons do to them."""

from __future__ import annotations

from django import forms


class FollowUps(forms.Form):
    """Each list is named by what it is of: `common`, or the id of a channel's side.

    Its hidden field `parts-<name>` says that it was shown. A button `act` is `add:<name>`, or `up`,
    `down` and `remove` with the name and the part's place, counted from 1.
    """

    @property
    def acted(self) -> str:
        """Whose list was changed by a button, if any."""
        return self._act[1] if self._act else ""

    @property
    def added(self) -> str:
        """Whose list has a new part at its end, to be written next."""
        return self.acted if self._act[:1] == ["add"] else ""

    def parts_in(self, where: str) -> list[str] | None:
        """One list as it stands now; None where it was not shown."""
        if f"parts-{where}" not in self.data:
            return None
        found: list[str] = []
        while (text := self.data.get(f"part-{where}-{len(found) + 1}")) is not None:
            found.append(unified(text))
        if self.acted == where:
            _rearrange(found, self._act[0], self._act[2] if len(self._act) > 2 else "")
        return found

    @property
    def _act(self) -> list[str]:
        """The button pressed: [what, whose list, which place]."""
        act = str(self.data.get("act", "")).split(":")
        return act if len(act) > 1 else []


def own_or_none(
    own: list[str] | None, before: list[str] | None, common: tuple[list[str] | None, ...]
) -> list[str] | None:
    """What one side says itself; None where that is what the common ones, old or new, say."""
    if own is None:
        return before
    kept = before is not None and own == before
    return None if own in common and not kept else own


def unified(text: str) -> str:
    """With one kind of line end."""
    return text.replace("\r\n", "\n")


def _rearrange(parts: list[str], what: str, place: str) -> None:
    """Add a part at the end; take the one at `place`, counted from 1, away or elsewhere."""
    if what == "add":
        parts.append("")
    at = int(place) - 1 if place.isdecimal() else -1
    if not 0 <= at < len(parts) or what not in ("remove", "up", "down"):
        return
    part = parts.pop(at)
    if what != "remove":
        parts.insert(max(at - 1, 0) if what == "up" else at + 1, part)
