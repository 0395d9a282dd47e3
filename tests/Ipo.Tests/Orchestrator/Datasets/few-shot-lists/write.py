"""Writes lists as CoOp's code pickles them, one for each protocol of Python 3: python3 write.py, in this folder.

A module of Dassl's name stands in for Dassl; what is pickled of an image is the class's name and the four attributes.
"""

import pickle
import sys
import types

for name in ("dassl", "dassl.data", "dassl.data.datasets", "dassl.data.datasets.base_dataset"):
    sys.modules[name] = types.ModuleType(name)


class Datum:
    def __init__(self, impath, label, classname):
        self._impath = impath
        self._label = label
        self._domain = 0
        self._classname = classname


Datum.__module__ = "dassl.data.datasets.base_dataset"
sys.modules[Datum.__module__].Datum = Datum


def images(number):
    return [Datum(f"/data/pets/images/kind_{kind}/{number:02}.png", label, f"kind_{kind}") for label, kind in enumerate("abcd")]


for protocol in range(2, 6):
    with open(f"protocol-{protocol}.pkl", "wb") as file:
        pickle.dump({"train": images(2) + images(0), "val": images(3)}, file, protocol=protocol)
