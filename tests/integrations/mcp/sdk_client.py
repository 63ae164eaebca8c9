"""A client of the Python SDK: runs a script of requests against a server and prints what came back as one JSON document.

python3 sdk_client.py '{"command": [...], "cwd": "...", "steps": [...]}'
"""

import asyncio
import json
import os
import sys

import mcp
from mcp import Client, StdioServerParameters, types


def plain(value):
    return json.loads(value.model_dump_json(by_alias=True, exclude_none=True))


def environment():
    """No more than a gateway passes on: the launchers of Python add variables."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR")}


async def sampled(*_):
    return types.CreateMessageResult(
        role="assistant", model="scripted", content=types.TextContent(type="text", text="sampled"), stop_reason="endTurn"
    )


async def answered(*_):
    return types.ElicitResult(action="accept", content={"name": "Ana", "check": True})


async def roots(*_):
    return types.ListRootsResult(roots=[types.Root(uri="file:///r", name="r")])


async def run(client, step):
    params = step.get("params", {})
    try:
        match step["method"]:
            case "tools/list":
                return await all_of(client.list_tools, "tools")
            case "resources/list":
                return await all_of(client.list_resources, "resources")
            case "resources/templates/list":
                return await all_of(client.list_resource_templates, "resource_templates")
            case "prompts/list":
                return await all_of(client.list_prompts, "prompts")
            case "tools/call":
                return plain(await client.call_tool(params["name"], params.get("arguments", {})))
            case "resources/read":
                return plain(await client.read_resource(params["uri"]))
            case "prompts/get":
                return plain(await client.get_prompt(params["name"], params.get("arguments", {})))
    except mcp.MCPError as error:
        return {"error": {"code": error.error.code, "message": error.error.message}}
    raise ValueError(step["method"])


async def all_of(listing, member):
    found, cursor = [], None
    while True:
        page = await listing(cursor=cursor)
        found += [plain(one) for one in getattr(page, member)]
        cursor = page.next_cursor
        if not cursor:
            return found


async def main():
    script = json.loads(sys.argv[1])
    target = script.get("url") or StdioServerParameters(
        command=script["command"][0], args=script["command"][1:], cwd=script.get("cwd"), env={**environment(), **script.get("env", {})}
    )
    callbacks = {} if script.get("bare") else {
        "sampling_callback": sampled,
        "elicitation_callback": answered,
        "list_roots_callback": roots,
    }
    async with Client(target, **callbacks) as client:
        transcript = {
            "version": str(client.protocol_version),
            "server": plain(client.server_info),
            "steps": [await run(client, step) for step in script["steps"]],
        }
    print(json.dumps(transcript))


asyncio.run(main())
