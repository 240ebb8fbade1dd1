from unisono.kernel.states import Graph

MEMBER = Graph.of("member", active=["suspended"], suspended=["active"])
INVITATION = Graph.of(
    "invitation",
    open=["accepted", "withdrawn", "expired"],
    accepted=[],
    withdrawn=[],
    expired=[],
)
