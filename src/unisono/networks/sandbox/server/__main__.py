"""Runs the pretend network. `--port 0` takes a free port and prints it."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from aiohttp import web

from unisono.networks.sandbox.server.app import make_app


def main() -> None:
    parser = argparse.ArgumentParser(prog="unisono.networks.sandbox.server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8410)
    parser.add_argument("--state", type=Path, help="folder of the state; without it, memory only")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="60: the audience lives an hour a minute"
    )
    parser.add_argument("--seed", default="", help="another audience, only for a new state")
    parser.add_argument("--faults", action="store_true", help="open the fault switches")
    asyncio.run(_serve(parser.parse_args()))


async def _serve(options: argparse.Namespace) -> None:
    app = make_app(options.state, speed=options.speed, seed=options.seed, faults=options.faults)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, options.host, options.port)
    await site.start()
    print(f"The pretend network listens on http://{options.host}:{_port(runner)}", flush=True)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
    await runner.cleanup()


def _port(runner: web.AppRunner) -> int:
    return int(runner.addresses[0][1])


if __name__ == "__main__":
    main()
