"""Takes the hour of the build out of an image's archive (an OCI layout): times become SECONDS since 1970, files of Ipo's layer stand in the
order of their names, and so do the times that the pages' files are served with. SDKs from dotnet/sdk#55689 on do the rest themselves by
SOURCE_DATE_EPOCH. Usage: settle.py ARCHIVE SECONDS"""
import datetime
import email.utils
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

path, seconds = sys.argv[1], int(sys.argv[2])
created = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
with tarfile.open(path) as archive:
    files = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def place(digest):
    return "blobs/" + digest.replace(":", "/")


def put(descriptor, content):
    """Stores content where a descriptor points, which then points to it."""
    files.pop(place(descriptor["digest"]))
    descriptor["digest"], descriptor["size"] = "sha256:" + hashlib.sha256(content).hexdigest(), len(content)
    files[place(descriptor["digest"])] = content


def tar(entries):
    """An archive of headers and contents, in order, with nothing in it that a machine or an hour decides."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as target:
        for header, content in entries:
            header.mtime, header.uname, header.gname, header.pax_headers = seconds, "", "", {}
            target.addfile(header, io.BytesIO(content) if content is not None else None)
    return buffer.getvalue()


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def settled(member, content):
    """A file of the layer. The list of a site's files says of each when it was changed last: here, when it was checked out. It is in the
    order in which they were made, and is read as a whole."""
    if member.name.endswith(".staticwebassets.endpoints.json"):
        served = json.loads(content)
        for endpoint in served["Endpoints"]:
            for header in endpoint["ResponseHeaders"]:
                if header["Name"] == "Last-Modified":
                    header["Value"] = email.utils.formatdate(seconds, usegmt=True)
        served["Endpoints"].sort(key=lambda endpoint: json.dumps(endpoint, sort_keys=True))
        content = compact(served)
        member.size = len(content)
    return member, content


index = json.loads(files["index.json"])
entry = index["manifests"][0]
manifest = json.loads(files[place(entry["digest"])])
configuration = json.loads(files[place(manifest["config"]["digest"])])

# The last layer is Ipo's; those below are the base's, and stay as they are.
with tarfile.open(fileobj=io.BytesIO(gzip.decompress(files[place(manifest["layers"][-1]["digest"])]))) as layer:
    inside = [settled(member, layer.extractfile(member).read()) if member.isfile() else (member, None) for member in layer]
plain = tar(sorted(inside, key=lambda pair: pair[0].name))
put(manifest["layers"][-1], gzip.compress(plain, mtime=0))
configuration["rootfs"]["diff_ids"][-1] = "sha256:" + hashlib.sha256(plain).hexdigest()

base = len(manifest["layers"]) - 1
configuration["created"] = created
layers = 0
for made in configuration.get("history", []):
    if layers >= base:
        made["created"] = created
    layers += not made.get("empty_layer", False)
put(manifest["config"], compact(configuration))
put(entry, compact(manifest))
files["index.json"] = compact(index)


def header(name):
    info = tarfile.TarInfo(name)
    info.size = len(files[name])
    return info


temporary = path + ".settled"
with open(temporary, "wb") as target:
    target.write(tar((header(name), files[name]) for name in sorted(files)))
os.replace(temporary, path)
