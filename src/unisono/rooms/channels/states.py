from unisono.kernel.states import Graph

CHANNEL = Graph.of(
    "channel",
    connected=["needs_sign_in", "disconnected"],
    needs_sign_in=["connected", "disconnected"],
    disconnected=["connected"],
)
