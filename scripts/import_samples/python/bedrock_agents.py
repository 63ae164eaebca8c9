"""boto3: events of agents and flows of Bedrock, as its client reads them from the stream of a loopback server."""

import binascii
import json
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import samples
import scene

TIME = "2026-01-02T03:04:05.123Z"


def packed(name, payload):
    """An event of the stream, by the encoding of event streams."""
    values = {":message-type": "event", ":event-type": name, ":content-type": "application/json"}
    headers = b"".join(bytes([len(k)]) + k.encode() + b"\7" + struct.pack(">H", len(v)) + v.encode()
                       for k, v in values.items())
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + body
    return message + struct.pack(">I", binascii.crc32(message))


def part(step, at):
    return {"agentId": "A", "agentAliasId": "L", "agentVersion": "1", "sessionId": "refunds", "eventTime": TIME,
            "callerChain": [{"agentAliasArn": "arn:aws:bedrock:::agent-alias/A/L"}],
            "trace": {"orchestrationTrace": {at: {"traceId": f"call_{step[1]}", **step[0]}}}}


def steps():
    """What an agent tells of its calls: an invocation, then what was observed."""
    for number, (_, name, args) in enumerate((call for turn in scene.TURNS for call in turn), 1):
        yield part(({"invocationType": "ACTION_GROUP", "actionGroupInvocationInput": {
            "actionGroupName": "refunds", "function": name, "executionType": "LAMBDA",
            "parameters": [{"name": k, "type": "string", "value": str(v)} for k, v in args.items()]}}, number),
            "invocationInput")
        result, failed = scene.run(name, args)
        observed = ({"type": "REPROMPT", "repromptResponse": {"source": "ACTION_GROUP", "text": result}} if failed else
                    {"type": "ACTION_GROUP", "actionGroupInvocationOutput": {
                        "text": json.dumps(result), "metadata": {"startTime": TIME, "endTime": TIME}}})
        yield part((observed, number), "observation")
    yield part(({"type": "FINISH", "finalResponse": {"text": scene.FINAL}}, 9), "observation")


class Service(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        if "/flows/" in self.path:
            events = [("flowTraceEvent", {"trace": {"nodeInputTrace": {
                "nodeName": "agent", "timestamp": TIME, "fields": [
                    {"nodeInputName": "text", "content": {"document": scene.QUESTION}}]}}})]
            events += [("flowTraceEvent", {"trace": {"nodeDependencyTrace": {
                "nodeName": "agent", "timestamp": TIME, "traceElements": {"agentTraces": [one]}}}}) for one in steps()]
            events += [("flowOutputEvent", {"nodeName": "end", "nodeType": "FlowOutputNode",
                                            "content": {"document": scene.FINAL}}),
                       ("flowCompletionEvent", {"completionReason": "SUCCESS"})]
        else:
            events = [("trace", one) for one in steps()] + [("chunk", {"bytes": "UmVmdW5kZWQu"})]
        data = b"".join(packed(*event) for event in events)
        self.send_response(200)
        self.send_header("content-type", "application/vnd.amazon.eventstream")
        self.send_header("x-amzn-bedrock-agent-content-type", "application/json")
        self.send_header("x-amz-bedrock-agent-session-id", "refunds")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = boto3.client("bedrock-agent-runtime", region_name="us-east-1",
                      endpoint_url=f"http://127.0.0.1:{server.server_port}",
                      aws_access_key_id="none", aws_secret_access_key="none")
answer = client.invoke_agent(agentId="AGENTAGENT", agentAliasId="ALIASALIAS", sessionId="refunds", enableTrace=True,
                             inputText=scene.QUESTION)
samples.write_lines("agent_events.jsonl", list(answer["completion"]))
answer = client.invoke_inline_agent(foundationModel="m", instruction="You refund orders, and nothing but orders.",
                                    sessionId="refunds", enableTrace=True, inputText=scene.QUESTION)
samples.write_json("inline_agent_events.json", list(answer["completion"]))
answer = client.invoke_flow(flowIdentifier="FLOWFLOW00", flowAliasIdentifier="ALIASALIAS", enableTrace=True, inputs=[
    {"nodeName": "start", "nodeOutputName": "document", "content": {"document": scene.QUESTION}}])
samples.write_lines("flow_events.jsonl", list(answer["responseStream"]))
