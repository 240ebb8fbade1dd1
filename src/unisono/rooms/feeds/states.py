from unisono.kernel.states import Graph

FEED = Graph.of(
    "feed",
    following=["failing", "stopped"],
    failing=["following", "stopped"],
    stopped=["following"],
)
FEED_ENTRY = Graph.of("feed_entry", new=["taken", "passed"], taken=[], passed=["new", "taken"])
