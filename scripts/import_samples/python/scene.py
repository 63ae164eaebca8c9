"""What every sample shows: three calls in two turns, of which the second fails.

The expected calls are taken from the tools as they run, never from what a library logs.
"""

import json

from samples import write_json

TURNS = [
    [
        ("call_1", "lookup_order", {"order": "A-17"}),
        ("call_2", "pay", {"cents": 500, "to": "bob"}),
    ],
    [("call_3", "pay", {"cents": 250, "to": "bob"})],
]
QUESTION = "Refund order A-17."
FINAL = "Refunded."
INSTRUCTIONS = "You refund orders."

TOOLS = [
    {
        "name": "lookup_order",
        "description": "Look an order up.",
        "parameters": {
            "type": "object",
            "properties": {"order": {"type": "string"}},
            "required": ["order"],
        },
    },
    {
        "name": "pay",
        "description": "Pay out money.",
        "parameters": {
            "type": "object",
            "properties": {"cents": {"type": "integer"}, "to": {"type": "string"}},
            "required": ["cents", "to"],
        },
    },
]

made = []


def lookup_order(order: str) -> dict:
    """Look an order up."""
    result = {"order": order, "cents": 500}
    made.append(["lookup_order", {"order": order}, "ok"])
    return result


def pay(cents: int, to: str) -> dict:
    """Pay out money."""
    if cents > 300:
        made.append(["pay", {"cents": cents, "to": to}, "error"])
        raise ValueError("limit of 300 exceeded")
    made.append(["pay", {"cents": cents, "to": to}, "ok"])
    return {"paid": cents}


def run(name, args):
    """Run a tool; (result, whether it failed)."""
    try:
        return {"lookup_order": lookup_order, "pay": pay}[name](**args), False
    except ValueError as error:
        return f"Error: {error}", True


def write_made() -> None:
    """The calls that the tools saw, in order of their names and arguments."""
    write_json("made.json", sorted(made, key=lambda call: json.dumps(call)))
    made.clear()
