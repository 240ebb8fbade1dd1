"""The pretend network's server: `python -m unisono.networks.sandbox.server --port 8410`."""

from unisono.networks.sandbox.server.app import make_app

__all__ = ["make_app"]
