from unisono.kernel.states import Graph

APPROVAL_REQUEST = Graph.of(
    "approval_request",
    open=["approved", "changes_asked", "withdrawn", "expired"],
    approved=["withdrawn"],
    changes_asked=[],
    withdrawn=[],
    expired=[],
)
