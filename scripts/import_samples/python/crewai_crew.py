"""crewai: the events of its bus, and the messages of a task's output."""

import os

os.environ |= {"CREWAI_DISABLE_TELEMETRY": "true", "CREWAI_TRACING_ENABLED": "false", "OTEL_SDK_DISABLED": "true",
               "CREWAI_STORAGE_DIR": "refunds", "OPENAI_API_KEY": "none"}
import json

import model_server
import samples
import scene
from crewai import LLM, Agent, Crew, Task
from crewai.events import BaseEventListener
from crewai.events.base_events import BaseEvent
import crewai.events as events
from crewai.tools import tool

seen = []


class Keep(BaseEventListener):
    def setup_listeners(self, bus):
        for name in events.__all__:
            kind = getattr(events, name)
            if isinstance(kind, type) and issubclass(kind, BaseEvent):
                bus.on(kind)(self.keep)

    def keep(self, source, event):
        seen.append(event)


keep = Keep()


@tool("lookup_order")
def lookup_order(order: str) -> dict:
    """Look an order up."""
    return scene.lookup_order(order)


@tool("pay")
def pay(cents: int, to: str) -> dict:
    """Pay out money."""
    return scene.pay(cents, to)


address = model_server.serve()
agent = Agent(role="refunds", goal="refund", backstory="none", tools=[lookup_order, pay], verbose=False,
              llm=LLM(model="openai/gpt-4o", base_url=f"{address}/v1", api_key="none"))
task = Task(description=scene.QUESTION, expected_output="a word", agent=agent)
crew = Crew(agents=[agent], tasks=[task], verbose=False, memory=False)
output = crew.kickoff()
from crewai.events import crewai_event_bus

crewai_event_bus.flush()
OMIT = {"agent", "from_agent", "from_task", "task", "source"}
# Some events hold an exception, which their library can't write as JSON itself.
lines = [json.loads(json.dumps(event.model_dump(exclude=OMIT), default=str)) for event in seen]
lines.sort(key=lambda line: line.get("timestamp", ""))
samples.write_lines("events.jsonl", lines)
samples.write_json("task_output.json", json.loads(output.tasks_output[0].model_dump_json()))
scene.write_made()
