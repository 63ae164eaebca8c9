"""smolagents: the steps of an agent's memory, and the result of a run."""

import json

import samples
import scene
from smolagents import ToolCallingAgent, tool
from smolagents.models import ChatMessage, ChatMessageToolCall, ChatMessageToolCallFunction, MessageRole, Model


class Scripted(Model):
    """Answers a turn at a time; each call is a turn of its own, as the library joins what several calls give."""

    def __init__(self):
        super().__init__(model_id="m")
        self.calls = [call for turn in scene.TURNS for call in turn]

    def generate(self, messages, **_):
        calls = [ChatMessageToolCall(id=i, type="function", function=ChatMessageToolCallFunction(name=n, arguments=a))
                 for i, n, a in self.calls[:1]]
        self.calls = self.calls[1:]
        return ChatMessage(role=MessageRole.ASSISTANT, content=None if calls else scene.FINAL, tool_calls=calls or None)


@tool
def lookup_order(order: str) -> dict:
    """Look an order up.

    Args:
        order: its number
    """
    return scene.lookup_order(order)


@tool
def pay(cents: int, to: str) -> dict:
    """Pay out money.

    Args:
        cents: how much
        to: whom
    """
    return scene.pay(cents, to)


def plain(value):
    return json.loads(json.dumps(value, default=str))


agent = ToolCallingAgent(tools=[lookup_order, pay], model=Scripted(), max_steps=3, verbosity_level=0)
result = agent.run(scene.QUESTION, return_full_result=True)
samples.write_json("full_steps.json", plain(agent.memory.get_full_steps()))
samples.write_json("succinct_steps.json", plain(agent.memory.get_succinct_steps()))
samples.write_json("result.json", plain(result.dict()))
scene.write_made()
