"""The life of a publication.

`publishing` covers one attempt; after the network may have accepted, the only ways out are
`published` (evidence), `unknown` (looked up, never re-sent blindly) and, where nothing was made,
`failed` or `scheduled` again. What a restored backup calls scheduled may have gone out since: it
is `unknown` first.
"""

from unisono.kernel.states import Graph

PUBLICATION = Graph.of(
    "publication",
    scheduled=["publishing", "held", "cancelled", "unknown"],
    publishing=["published", "failed", "unknown", "scheduled", "held"],
    published=[],
    failed=["scheduled", "cancelled"],
    unknown=["published", "scheduled", "failed", "cancelled"],
    held=["scheduled", "cancelled"],
    cancelled=[],
)

LIVE = ("scheduled", "publishing", "unknown", "held")
"""States in which a publication still wants to go out, or may have."""
