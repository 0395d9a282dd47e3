#!/usr/bin/env bash
# Makes a stand-in for the base image, for a machine that cannot reach Microsoft's registry, and serves it on this machine until it is
# stopped: this machine's .NET runtime with the libraries that it loads, no shell. Prints the image's name. For trying images, not for use.
# Needs Debian's umoci, skopeo and docker-registry. $1 is an empty folder to work in.
set -euo pipefail
trap 'echo "The stand-in for the base image could not be made: line $LINENO." >&2' ERR
work=$(realpath "$1")
root="$work/root" port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")

mkdir -p "$root"/{usr/share/dotnet,usr/bin,etc,tmp,home/app,lib64,usr/lib}
cp -r "$dotnet"/{dotnet,host,shared,LICENSE.txt} "$root/usr/share/dotnet/"
ln -s /usr/share/dotnet/dotnet "$root/usr/bin/dotnet"
# What the runtime and native libraries of packages load: by their headers, and by name later.
{ find "$dotnet" -type f \( -name '*.so' -o -name dotnet \) -exec ldd {} + 2>/dev/null | grep -oE '/[^ ]+' | grep -v ':$'
  for name in libstdc++.so.6 libgcc_s.so.1 libm.so.6 libssl.so.3 libcrypto.so.3 libz.so.1; do ldconfig -p | awk -v name=$name '$1 == name && !found { print $NF; found = 1 }'; done
} | sort -u | while read -r library; do [ ! -f "$library" ] || cp -L --parents "$library" "$root"; done
cp -r --parents /etc/ssl/certs /etc/nsswitch.conf /usr/share/zoneinfo "$root"
find "$root/etc/ssl" -xtype l -delete
echo 'app:x:1654:1654::/home/app:/usr/sbin/nologin' >"$root/etc/passwd"
echo 'app:x:1654:' >"$root/etc/group"
chmod 1777 "$root/tmp"

umoci init --layout "$work/oci"
umoci new --image "$work/oci:base"
tar -C "$root" --owner 0 --group 0 --sort name -cf "$work/layer.tar" .
umoci raw add-layer --image "$work/oci:base" "$work/layer.tar"
umoci config --image "$work/oci:base" --config.user 1654 --config.env PATH=/usr/bin --config.env ASPNETCORE_HTTP_PORTS=8080 \
  --config.env DOTNET_RUNNING_IN_CONTAINER=true --architecture amd64 --os linux

cat >"$work/registry.yml" <<END
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: "127.0.0.1:$port"}
END
docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
registry=$!
trap 'kill $registry 2>/dev/null || true' EXIT
until curl -fsS -o /dev/null "http://127.0.0.1:$port/v2/" 2>/dev/null; do kill -0 $registry || { cat "$work/registry.log" >&2; exit 1; }; sleep 0.1; done
skopeo copy --quiet --dest-tls-verify=false "oci:$work/oci:base" "docker://127.0.0.1:$port/stand-in:10.0"
echo "localhost:$port/stand-in:10.0"
wait $registry
