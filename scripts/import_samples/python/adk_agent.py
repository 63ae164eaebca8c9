"""google-adk: events of a session, and OpenTelemetry spans."""

import asyncio
import os

import model_server
import samples
import scene
import traces

address = model_server.serve()
os.environ |= {"GOOGLE_API_KEY": "none", "GOOGLE_GENAI_USE_VERTEXAI": "false", "GOOGLE_GEMINI_BASE_URL": address,
               "ADK_CAPTURE_MESSAGE_CONTENT_IN_SPANS": "true",
               "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "span_only"}
provider = traces.tracer_provider(address)
from google.adk.agents import LlmAgent
from google.adk.runners import InMemoryRunner
from google.genai import types


def lookup_order(order: str) -> dict:
    """Look an order up."""
    return scene.lookup_order(order)


def pay(cents: int, to: str) -> dict:
    """Pay out money."""
    try:
        return scene.pay(cents, to)
    except ValueError as error:
        return {"error": str(error)}


async def main():
    agent = LlmAgent(name="refunds", model="gemini-2.0-flash", instruction=scene.INSTRUCTIONS, tools=[lookup_order, pay])
    runner = InMemoryRunner(agent=agent, app_name="refunds")
    session = await runner.session_service.create_session(app_name="refunds", user_id="u")
    events = []
    async for event in runner.run_async(user_id="u", session_id=session.id,
                                        new_message=types.Content(role="user", parts=[types.Part(text=scene.QUESTION)])):
        events.append(event)
    samples.write("events.jsonl", "".join(e.model_dump_json(exclude_none=True) + "\n" for e in events))
    session = await runner.session_service.get_session(app_name="refunds", user_id="u", session_id=session.id)
    samples.write_json("session_by_alias.json", session.model_dump(mode="json", by_alias=True, exclude_none=True))


asyncio.run(main())
traces.write_traces("traces")
scene.write_made()
