"""google-genai: both sides of a session of the Live API, as they are on the wire and as the library gives them."""

import asyncio
import json

import samples
import scene
from google import genai
from google.genai import types
from websockets.asyncio.server import serve

wire, given = [], []


async def play(socket):
    """The service: a call of each turn, the next turn once all of them are answered."""
    async def send(message):
        wire.append(message)
        await socket.send(json.dumps(message))

    waiting, turns = 0, list(scene.TURNS)
    async for text in socket:
        message = json.loads(text)
        wire.append(message)
        if "setup" in message:
            await send({"setupComplete": {}})
            continue
        waiting -= len(message.get("tool_response", {}).get("functionResponses", []))
        if waiting > 0:
            continue
        if not turns:
            await send({"serverContent": {"modelTurn": {"role": "model", "parts": [{"text": scene.FINAL}]}}})
            await send({"serverContent": {"turnComplete": True}, "usageMetadata": {"totalTokenCount": 9}})
            continue
        calls = turns.pop(0)
        waiting = len(calls)
        await send({"toolCall": {"functionCalls": [{"id": i, "name": n, "args": a} for i, n, a in calls]}})


async def main():
    async with serve(play, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = genai.Client(enterprise=True, http_options=types.HttpOptions(base_url=f"ws://127.0.0.1:{port}"))
        client._api_client._websocket_ssl_ctx = {}  # the loopback server has no certificate
        config = types.LiveConnectConfig(response_modalities=["TEXT"], tools=[types.Tool(function_declarations=[
            types.FunctionDeclaration(name=t["name"], description=t["description"]) for t in scene.TOOLS])])
        async with client.aio.live.connect(model="m", config=config) as session:
            await session.send_client_content(turns=types.Content(role="user", parts=[types.Part(text=scene.QUESTION)]))
            async for message in session.receive():
                given.append(message.model_dump(mode="json", exclude_none=True))
                if message.tool_call is None:
                    continue
                responses = []
                for call in message.tool_call.function_calls:
                    result, failed = scene.run(call.name, call.args)
                    responses.append(types.FunctionResponse(
                        id=call.id, name=call.name, response={"error" if failed else "result": result}))
                sent = types.LiveClientMessage(tool_response=types.LiveClientToolResponse(function_responses=responses))
                given.append(sent.model_dump(mode="json", exclude_none=True))
                await session.send_tool_response(function_responses=responses)


asyncio.run(main())
samples.write_lines("live_wire.jsonl", wire)
samples.write_lines("live_messages.jsonl", given)
