"""openai with the instrumentations of OpenInference and Traceloop: model spans, without spans of tools."""

import json
import sys

import model_server
import scene
import traces

address = model_server.serve()
provider = traces.tracer_provider(address)
if sys.argv[1] == "openinference":
    from openinference.instrumentation.openai import OpenAIInstrumentor
else:
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor
OpenAIInstrumentor().instrument(tracer_provider=provider)

from openai import OpenAI

client = OpenAI(base_url=f"{address}/v1", api_key="none")
tools = [{"type": "function", "function": tool} for tool in scene.TOOLS]
messages = [{"role": "user", "content": scene.QUESTION}]
with provider.get_tracer("refunds").start_as_current_span("refund"):
    while True:
        message = client.chat.completions.create(model="m", messages=messages, tools=tools).choices[0].message
        messages.append(message.model_dump(mode="json", exclude_none=True))
        if not message.tool_calls:
            break
        for call in message.tool_calls:
            result, _ = scene.run(call.function.name, json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id,
                             "content": result if isinstance(result, str) else json.dumps(result)})
traces.write_traces("traces")
scene.write_made()
