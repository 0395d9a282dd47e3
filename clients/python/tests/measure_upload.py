"""Measures an upload that breaks off at half and goes on: python3 measure_upload.py COUNT. Needs IPO_HOME of a running system on this
machine (Linux) and PHOTOS, from whose images COUNT different ones are made by adding bytes behind their end."""

import hashlib
import itertools
import json
import os
import pathlib
import re
import sys
import tempfile
import time

from ipo_client import Ipo, IpoError
from ipo_client import _protos as pb

count = int(sys.argv[1])
home = pathlib.Path(os.environ["IPO_HOME"])
endpoints = json.loads((home / "endpoints.json").read_text())["services"]


def orchestrator():
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            if b"Ipo.Orchestrator" in command and b"run" not in command.split(b"\0") and str(home).encode() in (process / "environ").read_bytes():
                return process
        except OSError:
            continue
    raise SystemExit("The orchestrator does not run on this machine.")


SERVER = orchestrator()
seen = {}


def remember(moment):
    """Resident MiB now, of the orchestrator and of this process."""
    def resident(process):
        return int(re.search(r"VmRSS:\s+(\d+)", (process / "status").read_text())[1]) >> 10

    seen[moment] = resident(SERVER), resident(pathlib.Path("/proc/self"))


class Half(Exception):
    pass


def missing(digests):
    return {file.sha256: file.received_bytes for file in ipo.uploads.FindMissingFiles(
        pb.uploads.FindMissingFilesRequest(sha256=digests)).files}


with tempfile.TemporaryDirectory() as folder:
    photos = [(path.parent.name, path.read_bytes()) for path in sorted(pathlib.Path(os.environ["PHOTOS"]).rglob("*.*g"))]
    sizes, manifest = {}, 0
    for number, (name, content) in zip(range(count), itertools.cycle(photos)):
        path = pathlib.Path(folder) / name / f"{number}.jpg"
        path.parent.mkdir(exist_ok=True)
        content += number.to_bytes(4, "big") + os.urandom(8)
        path.write_bytes(content)
        manifest += 64 + 2 + len(f"{name}/{number}.jpg".encode()) + 1  # the line that the client will send of it
        sizes[hashlib.sha256(content).hexdigest()] = len(content)
    size = sum(sizes.values())
    ipo = Ipo(endpoints["orchestrator"]["grpc"])

    began, first, second = None, [], []

    def until_half(sent, total):
        global began
        if not first:
            began = time.monotonic()
            remember("begin")
        first.append(sent)
        if sent > total / 2:
            remember("half")
            raise Half

    try:
        ipo.upload(folder, "measured", on_progress=until_half)
        raise SystemExit("The upload was not to get through.")
    except IpoError as broken:  # gRPC wraps what its iterator raises
        half = time.monotonic() - began
        print(f"broke off at half: {broken}")
    time.sleep(2)
    lacking = missing(list(sizes))
    there = size - sum(sizes[digest] - received for digest, received in lacking.items())

    def to_the_end(sent, total):
        if not second:
            global began
            began = time.monotonic()
        if sent == total:
            remember("end")
            second.append((sent, total, time.monotonic() - began))
        elif not second:
            second.append((sent, total, 0))

    dataset = ipo.upload(folder, "measured", on_progress=to_the_end)
    whole = time.monotonic() - began
    remember("registered")
    sent, total, rest = second[-1]
    twice = total - manifest - (size - there)
    images = dataset.train_images + dataset.validation_images + dataset.test_images
    left = missing(list(sizes))
    print(f"{count} files of {size / 2**20:.1f} MiB; half, {first[-1] / 2**20:.1f} MiB, in {half:.1f} s "
          f"({first[-1] / 2**20 / half:.1f} MiB/s); the rest in {rest:.1f} s ({sent / 2**20 / max(rest, 1e-9):.1f} MiB/s, "
          f"{len(lacking) / max(rest, 1e-9):.0f} files/s); registered {whole - rest:.1f} s later")
    print(f"there when it broke off: {count - len(lacking)} files whole, {there} of {size} bytes; sent then: {len(lacking)} files, "
          f"{sent - manifest} bytes and a manifest of {manifest}; sent twice: {twice} bytes; lacking: {len(left)}")
    print(f"{images} images registered")
    print("resident MiB, orchestrator and client: " + "; ".join(f"{moment} {server}, {client}" for moment, (server, client) in seen.items()))
    if left or images != count or twice or sent != total:
        raise SystemExit("Something was sent twice, or is lacking.")
