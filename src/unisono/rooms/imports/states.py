from unisono.kernel.states import Graph

IMPORT_RUN = Graph.of(
    "import_run",
    uploaded=["ready"],
    ready=["running"],
    running=["done", "failed"],
    done=["undoing"],
    undoing=["undone"],
    undone=[],
    failed=["running", "undoing"],
)
"""A file is `uploaded`, `ready` once its columns are mapped, and `running` after a person said yes.

A run that failed keeps what it made: it can be taken up again, or undone.
"""
