"""A forked child gets gates that were never started: it has neither the thread nor the process of its parent."""

from __future__ import annotations

import os
import weakref

from . import child
from .worker import Worker

_WORKERS: weakref.WeakSet[Worker] = weakref.WeakSet()
_held = False


def watch(worker: Worker) -> None:
    """Make a worker start anew in every forked child."""
    _WORKERS.add(worker)


def _before() -> None:
    global _held
    # A start takes milliseconds. One that takes longer hangs, and must not keep the program from forking.
    _held = child.SPAWNING.acquire(timeout=5)


def _in_parent() -> None:
    if _held:
        child.SPAWNING.release()


def _in_child() -> None:
    if _held:
        child.SPAWNING.release()
    for worker in list(_WORKERS):
        worker.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
