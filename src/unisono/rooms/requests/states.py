from unisono.kernel.states import Graph

REQUEST = Graph.of(
    "request",
    new=["promised", "refused", "done"],
    promised=["refused", "done"],
    refused=[],
    done=[],
)
