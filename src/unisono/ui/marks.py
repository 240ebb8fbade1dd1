"""The small square of a network and the initials of a person."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """`letters` on `colour`, named `label` for those who cannot see it."""

    label: str
    letters: str
    colour: str


def mark_of(network: object) -> Mark:
    """The mark of an adapter, or of the network a name stands for."""
    if isinstance(network, str):
        from unisono.networks import registry

        network = registry.adapter(network)
    return Mark(
        label=str(getattr(network, "label", "")),
        letters=str(getattr(network, "mark", "")),
        colour=str(getattr(network, "colour", "#5d6880")),
    )


def initials(name: str) -> str:
    """`Maison Lumen` -> `ML`."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    if len(words) < 2:
        return name.strip("@ ")[:2].upper()
    return (words[0][0] + words[-1][0]).upper()
