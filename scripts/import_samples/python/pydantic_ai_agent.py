"""pydantic-ai: messages, and its OpenTelemetry spans."""

import model_server
import samples
import scene
import traces
from pydantic_ai import Agent, ModelRetry
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

address = model_server.serve()
provider = traces.tracer_provider(address)
Agent.instrument_all()
model = OpenAIChatModel("m", provider=OpenAIProvider(base_url=f"{address}/v1", api_key="none"))
agent = Agent(model, name="refunds", instructions=scene.INSTRUCTIONS, retries=3)


@agent.tool_plain
def lookup_order(order: str) -> dict:
    """Look an order up."""
    return scene.lookup_order(order)


@agent.tool_plain
def pay(cents: int, to: str) -> dict:
    """Pay out money."""
    try:
        return scene.pay(cents, to)
    except ValueError as error:
        raise ModelRetry(str(error)) from error


result = agent.run_sync(scene.QUESTION)
import json
samples.write_json("messages.json", json.loads(result.all_messages_json()))
provider.force_flush()
traces.write_traces("traces")
scene.write_made()
