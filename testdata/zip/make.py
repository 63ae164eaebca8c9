"""Makes the archives of this folder with Python's zipfile: python3 testdata/zip/make.py"""
import io
import os
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = [("manifest.json", b'{"a":1}'), ("dir/b.jsonl", b'{"n":1}\n' * 200), ("empty", b""), ("caf\u00e9", b"\xff\x00")]


class Unseekable(io.RawIOBase):
    """A stream without seek, so that zipfile writes data descriptors."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, part):
        self.data += part
        return len(part)


def archive(method=zipfile.ZIP_DEFLATED, files=FILES, comment=b"", before=b"", after=b"", stream=False):
    out = Unseekable() if stream else io.BytesIO(before)
    with zipfile.ZipFile(out, "w" if stream or not before else "a", method) as made:
        for name, content in files:
            info = zipfile.ZipInfo(name, (2020, 2, 29, 12, 34, 56))
            info.compress_type = method
            info.external_attr = 0o640 << 16
            made.writestr(info, content)
        made.comment = comment
    return bytes(out.data if stream else out.getvalue()) + after


for name, data in {
    "stored": archive(zipfile.ZIP_STORED),
    "deflated": archive(),
    "reversed": archive(files=FILES[::-1]),
    "comment": archive(comment=b"made by zipfile"),
    "before": archive(before=b"#!/usr/bin/env reader\n"),
    "after": archive(after=b"\n-- end of file --\n"),
    "streamed": archive(stream=True),
    "bzip2": archive(zipfile.ZIP_BZIP2),
    "none": archive(files=[]),
}.items():
    with open(os.path.join(HERE, name + ".zip"), "wb") as file:
        file.write(data)
