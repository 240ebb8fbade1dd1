from unisono.kernel.states import Graph

EXPERIMENT = Graph.of(
    "experiment",
    planned=["running", "stopped"],
    running=["done", "stopped", "unanswered"],
    done=[],
    unanswered=[],
    stopped=[],
)

TRIAL = Graph.of("trial", assigned=["judged", "left"], judged=["left"], left=[])
"""What is judged stays in: taking out what disappoints is how experiments lie. Only of a pair does
the one leave that has lost its other, since alone it says nothing."""
