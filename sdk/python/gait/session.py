"""A run of an agent as it goes: every call that passes the gate is noted, and the end makes a runpack of it."""

from __future__ import annotations

import contextvars
import itertools
import os
import shlex
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from operator import itemgetter
from types import TracebackType
from typing import Any

from .client import record_runpack
from .commands import DEFAULT_TIMEOUT, StrPath, working_folder
from .errors import GaitError, add_note
from .executable import DEFAULT_BIN, GaitBin
from .intents import DEFAULT_PRODUCER_VERSION, IntentRequest
from .models import GateEvalResult, RunAttempt, RunRecordCapture
from .run_records import Piece, RunRecords
from .session_journal import SessionJournal

__all__ = ["RunSession", "current_session", "record_in_session", "run_session"]

_ACTIVE: contextvars.ContextVar[RunSession | None] = contextvars.ContextVar("gait_run_session", default=None)


def current_session() -> RunSession | None:
    """The session that calls are noted in, if there is one."""
    return _ACTIVE.get()


class RunSession:
    """Notes calls in their order, from any thread, and records them once as a runpack.

    It is to be used with ``with``, and is active inside, in this thread or task.

    :raises ValueError: for a run id that can't name a file, or a capture mode that is neither ``reference`` nor ``raw``
    """

    def __init__(
        self,
        *,
        run_id: str,
        gait_bin: GaitBin = DEFAULT_BIN,
        out_dir: StrPath = "gait-out",
        cwd: StrPath | None = None,
        capture_mode: str = "reference",
        include_raw_payload: bool = False,
        producer_version: str = DEFAULT_PRODUCER_VERSION,
        context_evidence_mode: str | None = None,
        context_envelope: StrPath | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        check_run_id(run_id)
        if capture_mode not in ("reference", "raw"):
            raise ValueError(f"capture_mode must be reference or raw, not {capture_mode!r}")
        self.run_id = run_id.strip()
        self.gait_bin = gait_bin
        self.out_dir = out_dir
        self.cwd = working_folder(cwd)
        self.capture_mode = capture_mode
        self.include_raw_payload = include_raw_payload
        self.producer_version = producer_version
        self.context_evidence_mode = context_evidence_mode
        self.context_envelope = context_envelope
        self.timeout = timeout
        self.capture: RunRecordCapture | None = None
        self.record_input: dict[str, Any] | None = None
        self.attempts: list[RunAttempt] = []
        # Reentrant: a signal handler may note a call of its own while its thread is noting another one.
        self._lock = threading.RLock()
        self._unwritten: list[tuple[int, Piece, RunAttempt]] = []
        self._is_writing = False
        self._numbers = itertools.count(1)
        self._finalized = False
        self._tokens: list[contextvars.Token[RunSession | None]] = []
        raw = capture_mode == "raw" and include_raw_payload
        self._records = RunRecords(self.run_id, producer_version, capture_mode, raw=raw)
        self._journal: SessionJournal | None = None

    def __enter__(self) -> RunSession:
        """Begin to note calls.

        :raises GaitError: when a run of this id is recorded there: it would only be refused after all calls were made
        """
        if self._journal is None:
            self._refuse_recorded()
            self._journal = SessionJournal(self._records.head, os.path.join(self.cwd or "", self.out_dir), self.run_id)
        self._tokens.append(_ACTIVE.set(self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._tokens:
            _ACTIVE.reset(self._tokens.pop())
        try:
            self.finalize()
        except Exception as failure:
            if error is None:
                add_note(failure, f"gait: {self._kept()}")
                raise
            # What the agent raised is what the caller has to see; that there is no runpack stands beside it.
            add_note(error, f"gait: the run was not recorded: {failure}; {self._kept()}")
        finally:
            if self._journal is not None:
                self._journal.close()

    @contextmanager
    def active(self) -> Iterator[RunSession]:
        """Note the calls inside, and record nothing at the end; :meth:`finalize` does."""
        token = _ACTIVE.set(self)
        try:
            yield self
        finally:
            _ACTIVE.reset(token)

    def finalize(self) -> RunRecordCapture:
        """Record the run; a second call gives the same capture."""
        with self._lock:
            if self.capture is not None:
                return self.capture
            self._finalized = True
            self._write()
            record = self.record_input = self._records.record_input()
        capture = record_runpack(
            record_input=record,
            gait_bin=self.gait_bin,
            cwd=self.cwd,
            out_dir=self.out_dir,
            capture_mode=self.capture_mode,
            context_evidence_mode=self.context_evidence_mode,
            context_envelope=self.context_envelope,
            timeout=self.timeout,
        )
        self.capture = capture
        if self._journal is not None:
            self._journal.discard()
        return capture

    def _kept(self) -> str:
        """What became of the calls of a session that could not be recorded."""
        journal = self._journal.path if self._journal is not None else ""
        if not journal:
            return "no call of it is kept"
        return f"its calls are kept: gait run recover {shlex.quote(journal.removesuffix('.journal'))}"

    def _refuse_recorded(self) -> None:
        bundle = os.path.join(self.out_dir, f"runpack_{self.run_id}.zip")
        if os.path.lexists(os.path.join(self.cwd or "", bundle)):
            raise GaitError(
                f"the run {self.run_id} is recorded already, and {bundle} is never replaced"
                " (give each run an id of its own)"
            )

    def record_attempt(
        self,
        intent: IntentRequest,
        decision: GateEvalResult,
        *,
        executed: bool,
        result: Any = None,
        error: BaseException | None = None,
    ) -> RunAttempt:
        """Note a call, what was decided and what came of it; inside ``with`` it is on the disk when this returns.

        :raises RuntimeError: once the run was recorded
        """
        verdict = decision.verdict or ""
        status = "error" if error is not None else "ok" if executed else verdict or "blocked"
        with self._lock:
            if self._finalized:
                raise RuntimeError(f"the session {self.run_id} was recorded already")
            number = next(self._numbers)
            intent_id = f"intent_{number:04d}"
            piece = self._records.piece(
                intent_id, intent, decision, executed=executed, status=status, result=result, error=error
            )
            attempt = RunAttempt(intent_id, intent.tool_name, verdict, executed, status)
            self._unwritten.append((number, piece, attempt))
            self._write()
            return attempt

    def _write(self) -> None:
        """Note what was not noted yet, in order.

        A signal handler that comes while its thread is in here leaves its call to that one, which may be in the middle of
        a line of the journal.
        """
        while self._unwritten and not self._is_writing:
            self._is_writing = True
            try:
                while self._unwritten:
                    self._unwritten.sort(key=itemgetter(0))
                    _, piece, attempt = self._unwritten.pop(0)
                    self._records.add(piece)
                    self.attempts.append(attempt)
                    if self._journal is not None:
                        self._journal.append(piece)
            finally:
                self._is_writing = False


def check_run_id(run_id: str) -> None:
    """The runpack is named after the id: what ``gait`` would refuse is refused before any call is made."""
    if not isinstance(run_id, str):
        raise TypeError(f"run_id must be a text, not {type(run_id).__name__}")
    if not run_id.strip():
        raise ValueError("run_id must not be blank")
    if any(part in run_id for part in ("/", "\\", "..")) or any(
        unicodedata.category(sign) in ("Cc", "Cs") for sign in run_id
    ):
        raise ValueError(f"run_id must not hold /, \\, .. or control characters: {run_id!r}")
    if len(run_id.strip().encode()) > 200:
        raise ValueError("run_id must not be longer than 200 bytes")


#: The name for a ``with`` line: ``with run_session(run_id="run_7") as session:``.
run_session = RunSession


def record_in_session(
    intent: IntentRequest,
    decision: GateEvalResult,
    *,
    executed: bool,
    result: Any = None,
    error: BaseException | None = None,
) -> None:
    """Note a call in the active session, if there is one."""
    session = current_session()
    if session is not None:
        session.record_attempt(intent, decision, executed=executed, result=result, error=error)
