"""mcp: the JSON-RPC messages between its client and its server, by a tap between their pipes.

The tap is this script with the argument `tap`, the server with `serve`.
"""

import asyncio
import os
import subprocess
import sys
import threading

import samples
import scene

HERE = os.path.abspath(__file__)


def serve():
    try:
        from mcp.server.fastmcp import FastMCP
    except ImportError:
        from mcp.server import MCPServer as FastMCP
    server = FastMCP("refunds")
    server.tool()(scene.lookup_order)
    server.tool()(scene.pay)
    server.run()


def tap():
    child = subprocess.Popen([sys.executable, HERE, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    lock = threading.Lock()
    log = open(os.path.join(samples.folder(), "messages.jsonl"), "wb")

    def pump(source, target):
        for line in iter(source.readline, b""):
            with lock:
                log.write(line)
                log.flush()
            target.write(line)
            target.flush()
        target.close()

    threads = [threading.Thread(target=pump, args=(sys.stdin.buffer, child.stdin)),
               threading.Thread(target=pump, args=(child.stdout, sys.stdout.buffer), daemon=True)]
    for thread in threads:
        thread.start()
    child.wait()


async def call():
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    tapped = StdioServerParameters(command=sys.executable, args=[HERE, "tap"], env=dict(os.environ))
    async with stdio_client(tapped) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        await session.list_tools()
        for turn in scene.TURNS:
            for _, name, args in turn:
                await session.call_tool(name, args)
                scene.made.append([name, args, "error" if args.get("cents") == 500 else "ok"])
    scene.write_made()


if len(sys.argv) > 1:
    {"serve": serve, "tap": tap}[sys.argv[1]]()
else:
    asyncio.run(call())
