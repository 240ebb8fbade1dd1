from unisono.kernel.states import Graph

RULE = Graph.of(
    "rule",
    off=["on", "removed"],
    on=["off", "paused"],
    paused=["on", "off", "removed"],
    removed=[],
)
