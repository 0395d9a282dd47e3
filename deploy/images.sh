#!/usr/bin/env bash
set -euo pipefail
usage() { cat <<'END'
Builds Ipo's images, an archive each, without Docker:

  deploy/images.sh [options] [IMAGE…]

IMAGE     redis, clip-scorer, captioner, prompt-gen, orchestrator, web, cli, and clip-scorer-gpu. Default: all but the last, which takes CUDA.
  --out DIR          where DIR/IMAGE.tar go (default: images). `ctr images import`, `kind load image-archive` and
                     `skopeo copy oci-archive:FILE docker://…` read them.
  --push REGISTRY    pushes to REGISTRY/ipo/IMAGE instead, with the credentials of `docker login` or `podman login` where there are any.
  --platform RID     linux-x64 (default) or linux-arm64; the image with CUDA is for linux-x64.
  --base IMAGE       the base (default: mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled). NAME@sha256:… pins it to the byte.
  --gpu-base IMAGE   the base of clip-scorer-gpu (default: nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04), which brings its own .NET.
  --sbom             writes DIR/IMAGE.cdx.json besides: the packages in the image by CycloneDX, without those of the
                     base and of .NET itself.

It needs the .NET SDK of global.json, Python 3, the package source of NuGet.config or nuget.org, and the registries of the bases. Tag: the version
in Directory.Build.props.
END
}
fault() { echo "deploy/images.sh: $*" >&2; exit 2; }
needed() { [ $# -ge 2 ] && [ -n "$2" ] || fault "$1 takes a value; see --help."; }

out=images push='' platform=linux-x64 base='' gpu_base=nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04 sbom='' images=()
while [ $# -gt 0 ]; do
  case "$1" in
    --out) needed "$@"; out=$2; shift ;;
    --push) needed "$@"; push=$2; shift ;;
    --platform) needed "$@"; platform=$2; shift ;;
    --base) needed "$@"; base=$2; shift ;;
    --gpu-base) needed "$@"; gpu_base=$2; shift ;;
    --sbom) sbom=yes ;;
    -h | --help) usage; exit ;;
    redis | clip-scorer | captioner | prompt-gen | orchestrator | web | cli | clip-scorer-gpu) images+=("$1") ;;
    *) fault "'$1' is neither an option nor an image; see --help." ;;
  esac
  shift
done
case "$platform" in linux-x64 | linux-arm64) ;; *) fault "--platform is '$platform'; it takes linux-x64 or linux-arm64." ;; esac
[ ${#images[@]} -gt 0 ] || images=(redis clip-scorer captioner prompt-gen orchestrator web cli)

mkdir -p "$out"
out=$(realpath "$out")
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The hour of the commit. SDKs with dotnet/sdk#55689 take it themselves.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "$sbom" ]; then dotnet tool install CycloneDX --version 6.3.1 --tool-path "$work/tools" >/dev/null; fi

project() {
  case "$1" in
    redis) echo src/Ipo.Cache ;;
    clip-scorer | clip-scorer-gpu) echo src/Ipo.ClipScorer ;;
    captioner) echo src/Ipo.Captioner ;;
    prompt-gen) echo src/Ipo.PromptGen ;;
    orchestrator) echo src/Ipo.Orchestrator ;;
    web) echo src/Ipo.Web ;;
    cli) echo src/Ipo.Cli ;;
  esac
}

for image in "${images[@]}"; do
  echo "$image"
  settings=(-c Release -p:ImagePlatform="$platform" -v quiet)
  if [ "$image" = clip-scorer-gpu ]; then
    [ "$platform" = linux-x64 ] || fault "clip-scorer-gpu is for linux-x64 alone."
    # NVIDIA's bases have no .NET, so this one brings its own; no lock file is made for that graph, and versions are the central ones.
    settings+=(-p:ImageVariant=gpu -r "$platform" --self-contained -p:LockedGraph=.none -p:ContainerBaseImage="$gpu_base" --artifacts-path "$work/gpu")
  else
    settings+=(-p:UseGpu=false --artifacts-path "$work/cpu")
    [ -z "$base" ] || settings+=(-p:ContainerBaseImage="$base")
  fi
  if [ -n "$push" ]; then settings+=(-p:ContainerRegistry="$push"); else settings+=(-p:ContainerArchiveOutputPath="$out/$image.tar"); fi
  # No folder of this machine in the assemblies, no hour in the image: who builds the same commit again gets the same bytes (.ci/reproducible).
  settings+=(-p:PathMap="$PWD/=/_/%2C$work/=/_build/" -p:ContainerGenerateLabelsImageCreated=false)
  dotnet publish "$(project "$image")" -t:PublishContainer "${settings[@]}"
  [ -n "$push" ] || python3 deploy/settle.py "$out/$image.tar" "$SOURCE_DATE_EPOCH"
  if [ -n "$sbom" ]; then
    "$work/tools/dotnet-CycloneDX" "$(echo "$(project "$image")"/*.csproj)" --disable-package-restore \
      --base-intermediate-output-path "$work/$([ "$image" = clip-scorer-gpu ] && echo gpu || echo cpu)" \
      --no-serial-number --output "$out" --filename "$image.cdx.json" --output-format Json >"$work/sbom.log" || { cat "$work/sbom.log" >&2; exit 1; }
  fi
done
