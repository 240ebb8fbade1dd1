from unisono.kernel.states import Graph

SIGNAL = Graph.of("signal", open=["over"], over=[])

MANDATE = Graph.of("mandate", given=["ended"], ended=[])

PROPOSAL = Graph.of(
    "proposal",
    offered=["accepted", "declined", "expired"],
    accepted=["undone"],
    declined=[],
    expired=[],
    undone=[],
)

PLAN = Graph.of(
    "plan",
    asked=["working", "dropped"],
    working=["ready", "failed", "dropped"],
    ready=["taken", "dropped"],
    taken=["ready", "dropped"],
    failed=[],
    dropped=[],
)
"""A plan is `taken` while at least one of its moves is."""

PLAN_MOVE = Graph.of("plan_move", offered=["taken"], taken=["undone"], undone=["taken"])
