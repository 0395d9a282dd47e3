"""Prints, of each image's archive (an OCI layout): sizes, layers, user, ports, variables, command and labels."""
import gzip
import io
import json
import os
import sys
import tarfile

PREFIX = "org.opencontainers.image."


def megabytes(size):
    return f"{size / 1e6:.1f} MB"


folder, names = sys.argv[1], sys.argv[2:]
for name in names:
    path = os.path.join(folder, f"{name}.tar")
    with tarfile.open(path) as archive:
        def blob(descriptor):
            return archive.extractfile("blobs/" + descriptor["digest"].replace(":", "/")).read()

        entry = json.loads(archive.extractfile("index.json").read())["manifests"][0]
        manifest = json.loads(blob(entry))
        configuration = json.loads(blob(manifest["config"]))
        layers = [(layer["size"], sum(file.size for file in tarfile.open(fileobj=io.BytesIO(gzip.decompress(blob(layer)))))) for layer in manifest["layers"]]
    settings = configuration["config"]
    print(f"{name}: {entry['annotations']['io.containerd.image.name']}, {configuration['os']}/{configuration['architecture']}")
    print(f"  archive   {megabytes(os.path.getsize(path))}; layers (packed, unpacked): "
          + "; ".join(f"{megabytes(packed)}, {megabytes(unpacked)}" for packed, unpacked in layers))
    print(f"  user      {settings['User']}; ports {', '.join(settings.get('ExposedPorts') or {}) or 'none'}; in {settings['WorkingDir']}")
    print(f"  command   {' '.join((settings.get('Entrypoint') or []) + (settings.get('Cmd') or []))}")
    print(f"  variables {' '.join(settings['Env'])}")
    print("  labels    " + "; ".join(f"{key.removeprefix(PREFIX)} {value}" for key, value in sorted(settings["Labels"].items()) if key.startswith(PREFIX)))
