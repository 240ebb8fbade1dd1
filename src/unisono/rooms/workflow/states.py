from unisono.kernel.states import Graph

APPROVAL_REQUEST = Graph.of(
    "approval_request",
    open=["approved", "changes_asked", "withdrawn", "expired"],
    approved=["withdrawn"],
    changes_asked=[],
    withdrawn=[],
    expired=[],
)
TASK = Graph.of(
    "task",
    open=["in_progress", "done", "dropped"],
    in_progress=["open", "done", "dropped"],
    done=["open"],
    dropped=["open"],
)
PENDING = ("open", "in_progress")
"""States in which somebody still has something to do."""
