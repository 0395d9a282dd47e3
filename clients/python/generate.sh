#!/usr/bin/env sh
# Makes ipo_client/_generated from the contracts: sh generate.sh [PROTOS], where PROTOS is ipo-protos.zip unpacked (an orchestrator
# serves it at /protos.zip). Without it, from this repository after a build. Needs protoc 3.15 or newer and gRPC's Python plugin:
# Debian's protobuf-compiler and protobuf-compiler-grpc, or `pip install grpcio-tools`.
set -eu
cd "$(dirname "$0")"
protos=${1:-../../protos/obj/Debug/net10.0/archive}
out=ipo_client/_generated
rm -rf "$out"
mkdir -p "$out"
files=$(cd "$protos" && find . -name '*.proto' | sed 's|^\./||' | sort)
if python3 -c 'import grpc_tools' 2>/dev/null; then
  # shellcheck disable=SC2086 # a list of files without blanks
  python3 -m grpc_tools.protoc -I "$protos" --python_out="$out" --grpc_python_out="$out" $files
else
  # shellcheck disable=SC2086
  protoc -I "$protos" --python_out="$out" --plugin=protoc-gen-grpc_python="$(command -v grpc_python_plugin)" --grpc_python_out="$out" $files
fi
