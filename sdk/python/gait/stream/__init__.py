"""The client of ``gait gate stream`` and of the socket with the same lines (docs/gate_stream.md)."""
