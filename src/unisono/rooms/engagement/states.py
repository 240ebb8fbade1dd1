from unisono.kernel.states import Graph

CONVERSATION = Graph.of(
    "conversation",
    open=["waiting", "closed"],
    waiting=["open", "closed"],
    closed=["open"],
)
