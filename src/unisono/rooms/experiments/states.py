from unisono.kernel.states import Graph

EXPERIMENT = Graph.of(
    "experiment",
    planned=["running", "stopped"],
    running=["done", "stopped"],
    done=[],
    stopped=[],
)

TRIAL = Graph.of("trial", assigned=["judged", "left"], judged=[], left=[])
"""What is judged stays in: taking out what disappoints is how experiments lie."""
