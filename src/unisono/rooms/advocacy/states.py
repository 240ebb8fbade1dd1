from unisono.kernel.states import Graph

KIT = Graph.of("kit", draft=["open", "closed"], open=["closed"], closed=[])
