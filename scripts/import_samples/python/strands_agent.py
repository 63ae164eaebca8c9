"""strands-agents: messages, and OpenTelemetry spans."""

import model_server
import samples
import scene
import traces

address = model_server.serve()
provider = traces.tracer_provider(address)
from strands import Agent, tool
from strands.models.openai import OpenAIModel


@tool
def lookup_order(order: str) -> dict:
    """Look an order up."""
    return scene.lookup_order(order)


@tool
def pay(cents: int, to: str) -> dict:
    """Pay out money."""
    return scene.pay(cents, to)


model = OpenAIModel(client_args={"api_key": "none", "base_url": f"{address}/v1"}, model_id="m")
agent = Agent(model=model, tools=[lookup_order, pay], system_prompt=scene.INSTRUCTIONS, callback_handler=None)
agent(scene.QUESTION)
samples.write_json("messages.json", agent.messages)
traces.write_traces("traces")
scene.write_made()
