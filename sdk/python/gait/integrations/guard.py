"""The guard: it makes an intent of a framework's call, has it decided, and runs the tool after an allow."""

from __future__ import annotations

import inspect
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from ..aio import AsyncGate
from ..client import capture_intent
from ..commands import StrPath
from ..errors import GaitError
from ..gate import Gate
from ..models import GateEvalResult, IntentArgProvenance, IntentContext, IntentRequest, IntentTarget
from ..session import RunSession, current_session
from .calls import ApprovalRequest, Decided, Refusal, ToolCall

__all__ = ["ApprovalRequest", "Decided", "Guard", "Refusal", "ToolCall"]

LOG = logging.getLogger("gait")
Token = Mapping[str, Any]
Targets = Callable[[ToolCall], Sequence[IntentTarget]]


class Guard:
    """Decides the tool calls of an agent.

    :param gate: an open gate, or the path of a policy
    :param identity: who calls; ``workspace`` where (the working folder), ``risk_class`` at which risk
    :param context: makes the context of a call, instead of these three
    :param targets: what a call acts on: a function for all tools, or one for each name
    :param arg_provenance: where the arguments of a call come from
    :param on_approval: asks a person, and gives an approval token or nothing; where a framework has an interrupt of
        its own, that is used instead
    :param on_decision: is shown every decision
    :param session: the session that calls are noted in, instead of the active one
    """

    def __init__(
        self,
        gate: Gate | AsyncGate | StrPath,
        *,
        identity: str = "agent",
        workspace: StrPath | None = None,
        risk_class: str = "high",
        context: Callable[[ToolCall], IntentContext] | None = None,
        targets: Targets | Mapping[str, Targets] | None = None,
        arg_provenance: Callable[[ToolCall], Sequence[IntentArgProvenance]] | None = None,
        on_approval: Callable[[ApprovalRequest], Any] | None = None,
        on_decision: Callable[[Decided], None] | None = None,
        session: RunSession | None = None,
    ) -> None:
        if isinstance(gate, AsyncGate):
            gate = gate.gate
        self.gate = gate if isinstance(gate, Gate) else Gate(gate)
        self._async = AsyncGate(gate=self.gate)
        self.identity = identity
        self.workspace = os.path.abspath(workspace) if workspace is not None else os.getcwd()
        self.risk_class = risk_class
        self.context = context
        self.targets = targets
        self.arg_provenance = arg_provenance
        self.on_approval = on_approval
        self.on_decision = on_decision
        self.session = session
        self._lock = threading.RLock()  # reentrant, for calls in signal handlers
        self._granted: dict[str, list[Token]] = {}

    def grant(self, token: Token) -> None:
        """Keep an approval token for the call that it is about; it is shown to the gate when the call comes again."""
        if not isinstance(token, Mapping):
            raise TypeError("a token is what the file of gait approve holds: json.loads(path.read_text())")
        digest = token.get("intent_digest")
        if not isinstance(digest, str) or not digest:
            raise GaitError("that is no approval token: it names no call")
        with self._lock:
            self._granted.setdefault(digest, []).append(token)

    def decide(self, call: ToolCall, tokens: Sequence[Token] = ()) -> Decided:
        """Decide a call, with the tokens that were granted for it. Never raises: what can't be decided is refused."""
        intent = self._intent(call)
        if isinstance(intent, Decided):
            return self._seen(intent)
        try:
            decision = self.gate.decide(intent)
            given = self._tokens(decision, tokens)
            if given:
                decision = self.gate.decide(intent, approval_tokens=given)
        except Exception as error:
            return self._seen(Decided(call, intent, None, error))
        return self._seen(Decided(call, intent, decision))

    async def decide_async(self, call: ToolCall, tokens: Sequence[Token] = ()) -> Decided:
        """:meth:`decide` for asyncio."""
        intent = self._intent(call)
        if isinstance(intent, Decided):
            return self._seen(intent)
        try:
            decision = await self._async.decide(intent)
            given = self._tokens(decision, tokens)
            if given:
                decision = await self._async.decide(intent, approval_tokens=given)
        except Exception as error:
            return self._seen(Decided(call, intent, None, error))
        return self._seen(Decided(call, intent, decision))

    def run(self, call: ToolCall, execute: Callable[[], Any], tokens: Sequence[Token] = ()) -> Any:
        """Make a call if it is allowed: its result, or a :class:`Refusal`. An exception of the tool passes."""
        decided = self.decide(call, tokens)
        request = decided.request
        if request is not None and self.on_approval is not None and not tokens:
            decided = self._asked(decided, self._ask(request))
        if not decided.allowed:
            self.note(decided)
            return decided.refusal
        try:
            result = execute()
        except BaseException as error:
            self.note(decided, executed=True, error=error)
            raise
        self.note(decided, executed=True, result=result)
        return result

    async def run_async(
        self,
        call: ToolCall,
        execute: Callable[[], Awaitable[Any]],
        tokens: Sequence[Token] = (),
        decided: Decided | None = None,
    ) -> Any:
        """:meth:`run` for asyncio; ``decided`` is a decision about this very call that was asked for already."""
        if decided is None:
            decided = await self.decide_async(call, tokens)
        request = decided.request
        if request is not None and self.on_approval is not None and not tokens:
            answer = self._ask(request)
            if inspect.isawaitable(answer):
                try:
                    answer = await answer
                except Exception as error:
                    _failed(error)
                    answer = None
            token = _token(answer)
            if token is not None:
                decided = await self.decide_async(call, [token])
        if not decided.allowed:
            self.note(decided)
            return decided.refusal
        try:
            result = await execute()
        except BaseException as error:
            self.note(decided, executed=True, error=error)
            raise
        self.note(decided, executed=True, result=result)
        return result

    def note(
        self,
        decided: Decided,
        *,
        executed: bool = False,
        result: Any = None,
        error: BaseException | None = None,
    ) -> None:
        """Note a call in the session, if there is one."""
        session = self.session or current_session()
        if session is None:
            return
        intent = decided.intent or IntentRequest(decided.call.name, {}, self._plain_context(decided.call))
        decision = decided.decision or GateEvalResult(
            ok=False, exit_code=1, verdict="block", reason_codes=decided.refusal.as_dict()["reason_codes"]
        )
        try:
            session.record_attempt(intent, decision, executed=executed, result=result, error=error)
        except RuntimeError as late:
            LOG.warning("gait: a call of %r is not in the run: %s", decided.call.name, late)

    def _asked(self, decided: Decided, answer: Any) -> Decided:
        if inspect.isawaitable(answer):
            if inspect.iscoroutine(answer):
                answer.close()
            LOG.warning("gait: on_approval is a coroutine function, and the tool %r is not", decided.call.name)
            return decided
        token = _token(answer)
        return decided if token is None else self.decide(decided.call, [token])

    def _ask(self, request: ApprovalRequest) -> Any:
        assert self.on_approval is not None
        try:
            return self.on_approval(request)
        except Exception as error:
            _failed(error)
            return None

    def _intent(self, call: ToolCall) -> IntentRequest | Decided:
        try:
            return capture_intent(
                tool_name=call.name,
                args=call.args,
                context=self._context(call),
                targets=self._targets(call),
                arg_provenance=self.arg_provenance(call) if self.arg_provenance else (),
            )
        except Exception as error:
            return Decided(call, None, None, error)

    def _context(self, call: ToolCall) -> IntentContext:
        return self.context(call) if self.context is not None else self._plain_context(call)

    def _plain_context(self, call: ToolCall) -> IntentContext:
        return IntentContext(
            identity=self.identity,
            workspace=self.workspace,
            risk_class=self.risk_class,
            session_id=call.session_id,
            request_id=call.call_id,
        )

    def _targets(self, call: ToolCall) -> Sequence[IntentTarget]:
        targets = self.targets.get(call.name) if isinstance(self.targets, Mapping) else self.targets
        return targets(call) if targets is not None else ()

    def _tokens(self, decision: GateEvalResult, given: Sequence[Token]) -> list[Token]:
        """The tokens for a stopped call. Those that were granted are shown once."""
        if decision.verdict != "require_approval":
            return []
        with self._lock:
            granted = self._granted.pop(decision.intent_digest or "", [])
        return [*given, *granted]

    def _seen(self, decided: Decided) -> Decided:
        if decided.error is not None:
            LOG.warning("gait: a call of %r was not decided: %s", decided.call.name, decided.error)
        if self.on_decision is not None:
            try:
                self.on_decision(decided)
            except Exception:
                LOG.exception("gait: on_decision failed")
        return decided


def check_guard(guard: object) -> None:
    """:raises TypeError: for anything else, such as the gate itself or the tools: nothing would be decided with it"""
    if not isinstance(guard, Guard):
        raise TypeError(
            f"expected a guard, found {type(guard).__name__}:"
            ' guard = Guard(gate, identity="agent-7", workspace="/srv", risk_class="low")'
        )


def listed(tools: Any) -> list[Any]:
    """:raises TypeError: for one tool in the place of a list of them"""
    if isinstance(tools, (str, bytes)) or not isinstance(tools, Iterable):
        raise TypeError(f"expected a list of tools, found {type(tools).__name__}: [tool]")
    return list(tools)


def _token(answer: Any) -> Token | None:
    """A person's answer: a token lets a call pass, and nothing else does."""
    return answer if isinstance(answer, Mapping) else None


def _failed(error: Exception) -> None:
    LOG.warning("gait: nobody could be asked: %s", error)


def tokens_of(answer: Any) -> list[Token]:
    """The tokens in what a framework's interrupt was resumed with: one, several, or ``{"approval_tokens": […]}``."""
    if isinstance(answer, Mapping):
        if "approval_tokens" in answer:
            return tokens_of(answer["approval_tokens"])
        return [answer] if "intent_digest" in answer else []
    if isinstance(answer, (list, tuple)):
        return [token for item in answer for token in tokens_of(item)]
    return []
