from unisono.screens.access import Access

urlpatterns: list[object] = []
ACCESS: dict[str, Access] = {}
