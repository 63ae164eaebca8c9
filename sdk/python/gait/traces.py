"""Traces as files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from .commands import StrPath
from .errors import GaitError
from .models import TraceRecord
from .values import read_object

__all__ = ["write_trace"]

TRACE_SCHEMA_ID = "gait.gate.trace"


def write_trace(*, trace_path: StrPath, destination_path: StrPath) -> TraceRecord:
    """Copy a trace, byte for byte, after a look at what it is.

    :raises GaitError: when it is missing, or no trace
    """
    source, destination = Path(trace_path), Path(destination_path)
    try:
        content = source.read_bytes()
        record = TraceRecord.from_dict(read_object(content.decode("utf-8")))
    except OSError as error:
        raise GaitError(f"cannot read trace {source}: {error.strerror}") from error
    except ValueError as error:
        raise GaitError(f"cannot read trace {source}: {error}") from error
    if record.schema_id != TRACE_SCHEMA_ID:
        raise GaitError(f"{source} is no trace: schema_id is {record.schema_id!r}")
    destination.parent.mkdir(parents=True, exist_ok=True)
    _replace(destination, content)
    return record


def _replace(destination: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=destination.parent, prefix=f".{destination.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, destination)
    except BaseException:
        os.unlink(temporary)
        raise
