from unisono.kernel.states import Graph

IDEA = Graph.of("idea", captured=["developed", "dropped"], developed=[], dropped=["captured"])
