"""What the scripted model answers, in the words of each API: the calls of scene.py, a turn at a time."""

import json

from scene import FINAL, TURNS


def answers_in(value) -> int:
    """How many results of tools a request holds, in whatever form."""
    if isinstance(value, list):
        return sum(map(answers_in, value))
    if not isinstance(value, dict):
        return 0
    marks = (
        value.get("role") == "tool" and "toolResult" not in str(value)[:400],
        value.get("type") in ("function_call_output", "tool_result"),
        "functionResponse" in value,
        "toolResult" in value,
    )
    return 1 if any(marks) else sum(map(answers_in, value.values()))


def turn_of(request):
    """The calls of this turn; None when all are made."""
    at = 0
    for turn in TURNS:
        if answers_in(request.get("messages") or request.get("input") or request.get("contents")) <= at:
            return turn
        at += len(turn)
    return None


def chat(request):
    turn = turn_of(request)
    message = {"role": "assistant", "content": FINAL if turn is None else None}
    if turn:
        message["tool_calls"] = [
            {"id": i, "type": "function", "function": {"name": n, "arguments": json.dumps(a)}}
            for i, n, a in turn
        ]
    return {
        "id": f"chatcmpl-{answers_in(request['messages'])}",
        "object": "chat.completion",
        "created": 1760000000,
        "model": request.get("model", "scripted"),
        "choices": [
            {
                "index": 0,
                "message": message,
                "logprobs": None,
                "finish_reason": "stop" if turn is None else "tool_calls",
            }
        ],
        "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18},
    }


def chat_chunks(request):
    whole = chat(request)
    head = {k: whole[k] for k in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    message = whole["choices"][0]["message"]
    deltas = [{"role": "assistant", "content": message["content"]}]
    for index, call in enumerate(message.get("tool_calls", [])):
        named = call["function"]
        deltas.append(
            {"tool_calls": [{"index": index, "id": call["id"], "type": "function",
                             "function": {"name": named["name"], "arguments": ""}}]}
        )
        text = named["arguments"]
        for part in (text[: len(text) // 2], text[len(text) // 2 :]):
            deltas.append({"tool_calls": [{"index": index, "function": {"arguments": part}}]})
    for delta in deltas:
        yield head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield head | {"choices": [{"index": 0, "delta": {}, "finish_reason": whole["choices"][0]["finish_reason"]}]}
    if (request.get("stream_options") or {}).get("include_usage"):
        yield head | {"choices": [], "usage": whole["usage"]}


def response(request):
    turn = turn_of(request) if isinstance(request["input"], list) else TURNS[0]
    if turn is None:
        output = [
            {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
             "content": [{"type": "output_text", "text": FINAL, "annotations": []}]}
        ]
    else:
        output = [
            {"type": "function_call", "id": f"fc_{i[5:]}", "call_id": i, "name": n,
             "arguments": json.dumps(a), "status": "completed"}
            for i, n, a in turn
        ]
    return {
        "id": f"resp_{answers_in(request['input'])}", "object": "response", "created_at": 1760000000,
        "status": "completed", "error": None, "incomplete_details": None, "instructions": None,
        "model": request.get("model", "scripted"), "output": output, "parallel_tool_calls": True,
        "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0, "metadata": {},
        "usage": {"input_tokens": 9, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}, "output_tokens": 9,
                  "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 18},
    }


def response_events(request):
    whole = response(request)
    opened = whole | {"status": "in_progress", "output": []}
    events = [{"type": "response.created", "response": opened}]
    for index, item in enumerate(whole["output"]):
        at = {"output_index": index, "item_id": item["id"]}
        empty = item | ({"arguments": ""} if item["type"] == "function_call" else {"content": []})
        events.append({"type": "response.output_item.added", "output_index": index,
                       "item": empty | {"status": "in_progress"}})
        if item["type"] == "function_call":
            events.append({"type": "response.function_call_arguments.delta", "delta": item["arguments"]} | at)
            events.append({"type": "response.function_call_arguments.done", "arguments": item["arguments"],
                           "name": item["name"]} | at)
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    events.append({"type": "response.completed", "response": whole})
    for number, event in enumerate(events):
        yield event | {"sequence_number": number}


def claude(request):
    turn = turn_of(request)
    content = (
        [{"type": "text", "text": FINAL}]
        if turn is None
        else [{"type": "tool_use", "id": i, "name": n, "input": a} for i, n, a in turn]
    )
    return {
        "id": f"msg_{answers_in(request['messages'])}", "type": "message", "role": "assistant",
        "model": request["model"], "content": content,
        "stop_reason": "end_turn" if turn is None else "tool_use", "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 9},
    }


def claude_events(request):
    whole = claude(request)
    yield {"type": "message_start", "message": whole | {"content": [], "stop_reason": None}}
    for index, block in enumerate(whole["content"]):
        start = block | ({"input": {}} if block["type"] == "tool_use" else {"text": ""})
        yield {"type": "content_block_start", "index": index, "content_block": start}
        if block["type"] == "tool_use":
            text = json.dumps(block["input"])
            for part in (text[:5], text[5:]):
                yield {"type": "content_block_delta", "index": index,
                       "delta": {"type": "input_json_delta", "partial_json": part}}
        else:
            yield {"type": "content_block_delta", "index": index,
                   "delta": {"type": "text_delta", "text": block["text"]}}
        yield {"type": "content_block_stop", "index": index}
    yield {"type": "message_delta", "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
           "usage": {"output_tokens": 9}}
    yield {"type": "message_stop"}


def gemini(request):
    turn = turn_of(request)
    parts = [{"text": FINAL}] if turn is None else [
        {"functionCall": {"id": i, "name": n, "args": a}} for i, n, a in turn
    ]
    return {
        "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 9, "totalTokenCount": 18},
        "modelVersion": "scripted", "responseId": f"r{answers_in(request['contents'])}",
    }


def converse(request):
    turn = turn_of(request)
    content = [{"text": FINAL}] if turn is None else [
        {"toolUse": {"toolUseId": i, "name": n, "input": a}} for i, n, a in turn
    ]
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "end_turn" if turn is None else "tool_use",
        "usage": {"inputTokens": 9, "outputTokens": 9, "totalTokens": 18},
        "metrics": {"latencyMs": 5},
    }
