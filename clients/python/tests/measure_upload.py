"""Measures an upload that breaks off at half: python3 measure_upload.py COUNT. Needs IPO_HOME of a running system and PHOTOS, from whose
images COUNT different ones are made by adding bytes behind their end."""

import itertools
import json
import os
import pathlib
import re
import resource
import sys
import tempfile
import time

from ipo_client import Ipo

count = int(sys.argv[1])
home = pathlib.Path(os.environ["IPO_HOME"])
endpoints = json.loads((home / "endpoints.json").read_text())["services"]


def memory():
    """Largest resident set so far, in MiB: of the orchestrator (Linux, on this machine) and of this process."""
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            command = (status.parent / "cmdline").read_bytes()
            text = status.read_text()
        except OSError:
            continue
        if b"Ipo.Orchestrator" in command and str(home).encode() in (status.parent / "environ").read_bytes() and b"run" not in command.split(b"\0"):
            return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) >> 10, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    raise SystemExit("The orchestrator does not run on this machine.")


class Half(Exception):
    pass


def stop_at_half(sent, total):
    if sent > total / 2:
        raise Half


with tempfile.TemporaryDirectory() as folder:
    photos = [(path.parent.name, path.read_bytes()) for path in sorted(pathlib.Path(os.environ["PHOTOS"]).rglob("*.*g"))]
    size = 0
    for number, (name, content) in zip(range(count), itertools.cycle(photos)):
        path = pathlib.Path(folder) / name / f"{number}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content + number.to_bytes(4, "big") + os.urandom(8))
        size += len(content) + 12
    ipo = Ipo(endpoints["orchestrator"]["grpc"])
    before = memory()
    counted = []
    started = time.monotonic()
    try:
        ipo.upload(folder, "measured", on_progress=stop_at_half)
    except Exception as broken:  # gRPC wraps what its iterator raises
        print(f"broke off: {type(broken).__name__}")
    first = time.monotonic() - started
    time.sleep(1)
    started = time.monotonic()
    dataset = ipo.upload(folder, "measured", on_progress=lambda sent, total: counted.append((sent, total)))
    second = time.monotonic() - started
    after = memory()
    images = dataset.train_images + dataset.validation_images + dataset.test_images
    print(f"{count} files of {size >> 20} MiB; half in {first:.1f} s; the rest, {counted[-1][0] >> 20} MiB, and registration in {second:.1f} s")
    print(f"{images} images registered; sent in both: {counted[-1][1] / size:.3f} of all bytes the second time")
    print(f"memory, MiB: orchestrator {before[0]} before, {after[0]} at most; client {before[1]}, {after[1]}")
