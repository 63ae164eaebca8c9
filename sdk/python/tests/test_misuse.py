"""Mistakes of people who write a program: each error names what was meant, and nothing is decided."""

from __future__ import annotations

import pytest

from gait import AsyncGate, Gate, IntentContext, approve, open_gate
from gait.integrations import Guard
from gait.integrations.dispatcher import Dispatcher


@pytest.mark.parametrize("open_it", [open_gate, AsyncGate])
@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"traceDir": "t"}, "trace_dir"),
        ({"tracedir": "t"}, "trace_dir"),
        ({"trace_dirs": "t"}, "trace_dir"),
        ({"policy": "p.yaml"}, "policy_path"),
        ({"approval_key": "k"}, "approval_public_key"),
        ({"privateKey": "k"}, "private_key"),
        ({"profile": "oss-prod"}, "options={"),
        ({"rate_limit_state": "x"}, "options={"),
    ],
)
def test_an_option_that_there_is_not(open_it, given, meant) -> None:
    with pytest.raises(TypeError, match="has no option") as caught:
        open_it(**given)
    assert meant in str(caught.value)


def test_an_option_of_a_decorator_that_there_is_not() -> None:
    context = IntentContext("a", "/w", "low")
    with pytest.raises(TypeError, match="did you mean tool_name"):
        Gate("p").tool(context=context, name="x")
    with pytest.raises(TypeError, match="did you mean targets"):
        Gate("p").tool(context=context, target=[])


@pytest.mark.parametrize(
    ("policy", "error"),
    [({"default_verdict": "block"}, TypeError), ("default_verdict: block\nrules: []\n", ValueError), (7, TypeError)],
)
def test_a_policy_that_is_no_path(policy, error) -> None:
    with pytest.raises(error, match="policy_path is .*path"):
        open_gate(policy)


def test_options_that_are_no_flags() -> None:
    with pytest.raises(TypeError, match="flags of gait gate stream by name"):
        open_gate("p", options=["--profile"])
    with pytest.raises(TypeError, match="the option max-latency is a text"):
        open_gate("p", options={"max-latency": 5})


def test_what_is_no_token_and_no_decision() -> None:
    with pytest.raises(TypeError, match="json.loads"):
        Guard("p", identity="a").grant("approval.json")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="what the gate answered"):
        approve(decision=None, approver="d", reason_code="r", private_key="k")  # type: ignore[arg-type]


def test_tools_that_have_no_names() -> None:
    with pytest.raises(TypeError, match="by the names"):
        Dispatcher(Guard("p", identity="a"), [print])  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ["policy.yaml", None, object()])
def test_what_is_no_guard(given) -> None:
    with pytest.raises(TypeError, match="expected a guard, found"):
        Dispatcher(given, {})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected a guard, found Gate"):
        Dispatcher(Gate("p"), {})  # type: ignore[arg-type]
