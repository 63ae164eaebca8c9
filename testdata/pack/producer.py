"""Write PackSpec packs with nothing but Python's standard library: how another language does it.

    python3 producer.py <folder>

Reads vectors.json beside it, writes <name>.zip for each vector into the folder (unsigned), and prints the ids of the
packs as one JSON object. docs/pack_producers.md explains every step.
"""

import base64
import hashlib
import json
import pathlib
import sys
import zipfile

EPOCH = "1980-01-01T00:00:00Z"


def canonical(value):
    """RFC 8785 for values that hold texts, whole numbers, booleans, null, lists and objects with ASCII keys."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def kind(path):
    suffix = path.lower().rsplit(".", 1)[-1]
    return suffix if suffix in ("json", "jsonl", "zip") else "blob"


def proof_records(files, pack_type, source_ref, producer_version):
    lines, previous = [], ""
    for path in sorted(files):
        identified = {
            "timestamp": EPOCH,
            "source": "gait.pack",
            "source_product": "gait",
            "agent_id": "gait",
            "record_type": "tool_invocation",
            "event": {
                "pack_type": pack_type,
                "source_ref": source_ref,
                "producer_version": producer_version,
                "entry_path": path,
                "entry_type": kind(path),
                "entry_sha256": sha256(files[path]),
                "entry_size_bytes": len(files[path]),
                "entry_permissions": 0o644,
            },
        }
        record = {
            **identified,
            "record_id": f"prf-{EPOCH}-{sha256(canonical(identified))[:8]}",
            "record_version": "1.0",
            "controls": {"permissions_enforced": False},
            "metadata": {"artifact_kind": "gait.pack.entry"},
        }
        digest = sha256(canonical({**record, "integrity": {"previous_record_hash": previous}}))
        integrity = {"record_hash": f"sha256:{digest}"}
        if previous:
            integrity["previous_record_hash"] = previous
        lines.append(canonical({**record, "integrity": integrity}))
        previous = integrity["record_hash"]
    return b"\n".join(lines)


def seal(files, pack_type, source_ref, producer_version):
    files = {**files, "proof_records.jsonl": proof_records(files, pack_type, source_ref, producer_version)}
    manifest = {
        "schema_id": "gait.pack.manifest",
        "schema_version": "1.0.0",
        "created_at": EPOCH,
        "producer_version": producer_version,
        "pack_id": "",
        "pack_type": pack_type,
        "source_ref": source_ref,
        "contents": [{"path": path, "sha256": sha256(files[path]), "type": kind(path)} for path in sorted(files)],
    }
    manifest["pack_id"] = sha256(canonical(manifest))
    return {**files, "pack_manifest.json": canonical(manifest)}, manifest["pack_id"]


def write_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name])


def main(folder):
    vectors = json.loads(pathlib.Path(__file__).with_name("vectors.json").read_text())
    ids = {}
    for vector in vectors["packs"]:
        given = {path: base64.b64decode(content) for path, content in vector["files"].items()}
        files, pack_id = seal(given, vector["pack_type"], vector["source_ref"], vector["producer_version"])
        write_zip(pathlib.Path(folder) / f"{vector['name']}.zip", files)
        ids[vector["name"]] = pack_id
    json.dump(ids, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
