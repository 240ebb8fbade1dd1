from __future__ import annotations
from unisono.rooms.orchestration.audience.fit import Fit
def followed(found: Fit) -> Fit:
    return found
