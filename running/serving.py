"""Web pages that the process serves."""

from contextlib import AsyncExitStack

from aiohttp import web

from delivery.health import Health, HealthPages, JointHealth

LOOPBACK = "127.0.0.1"


async def serve(
    application: web.Application, host: str, port: int, until_closed: AsyncExitStack
) -> None:
    """Serve it until the stack is closed. Raises ``OSError`` for a port that is taken."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    until_closed.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, host, port).start()


async def serve_health(
    health: Health | JointHealth, port: int, until_closed: AsyncExitStack
) -> None:
    """``/healthz`` and the metrics, for this machine alone."""
    await serve(HealthPages(health).application(), LOOPBACK, port, until_closed)
