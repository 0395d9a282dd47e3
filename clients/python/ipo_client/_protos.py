"""The generated messages and stubs, importable as they are: their modules import each other as `ipo.v1...` and
`google.api...`, so their folder goes onto the paths that Python looks in."""

import importlib
import pathlib
import sys

import google

_GENERATED = pathlib.Path(__file__).parent / "_generated"
if not _GENERATED.is_dir():
    raise ImportError(f"{_GENERATED} is missing; run generate.sh beside setup.cfg first.")
sys.path.append(str(_GENERATED))
google.__path__.append(str(_GENERATED / "google"))  # google.protobuf stays where it is installed


def _load(name):
    messages = importlib.import_module(f"{name}_pb2")
    stubs = importlib.import_module(f"{name}_pb2_grpc")
    return messages, stubs


system, system_rpc = _load("ipo.v1.system")
datasets, datasets_rpc = _load("ipo.v1.datasets")
uploads, uploads_rpc = _load("ipo.v1.uploads")
runs, runs_rpc = _load("ipo.v1.runs")
prompt_set, _ = _load("ipo.v1.prompt_set")
reports, reports_rpc = _load("ipo.v1.reports")
serving, serving_rpc = _load("ipo.v1.serving")
operations, operations_rpc = _load("ipo.v1.operations")
evaluation, evaluation_rpc = _load("ipo.v1.evaluation")
scorer, scorer_rpc = _load("ipo.scorer.v1.clip_scorer")
error_details, _ = _load("google.rpc.error_details")
status, _ = _load("google.rpc.status")
