from unisono.kernel.states import Graph

IDEA = Graph.of(
    "idea", captured=["developed", "dropped"], developed=["captured"], dropped=["captured"]
)
SERIES = Graph.of("series", running=["ended"], ended=[])
OCCURRENCE = Graph.of("occurrence", made=["skipped", "missed"], skipped=[], missed=[])
