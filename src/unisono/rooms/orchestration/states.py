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
