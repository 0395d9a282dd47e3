#!/usr/bin/env bash
# Makes an authority and a certificate for each service with openssl, for a trial: whoever runs services for others lets cert-manager
# renew them (docs/access.md).
set -euo pipefail
usage='usage: deploy/certificates.sh --out FOLDER [--namespace ipo] [--days 90] [SERVICE …]

Writes FOLDER/ca.crt and FOLDER/ca.key, and for each service FOLDER/SERVICE with tls.crt, tls.key and ca.crt: what IPO_TLS takes, and what a
secret is made of. An authority that is there is used again, so that a second call renews the certificates. Without a SERVICE: all.'
out='' namespace=ipo days=90 services=()
while [ $# -gt 0 ]; do
  case "$1" in
    --out) out=${2:?} && shift 2 ;;
    --namespace) namespace=${2:?} && shift 2 ;;
    --days) days=${2:?} && shift 2 ;;
    --help) echo "$usage" && exit 0 ;;
    -*) echo "$usage" >&2 && exit 2 ;;
    *) services+=("$1") && shift ;;
  esac
done
[ -n "$out" ] || { echo "$usage" >&2; exit 2; }
[ ${#services[@]} -gt 0 ] || services=(clip-scorer captioner prompt-gen orchestrator web)

umask 077
mkdir -p "$out"
if [ ! -f "$out/ca.key" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 3650 -subj '/CN=Ipo trial authority' \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -keyout "$out/ca.key" -out "$out/ca.crt" 2>/dev/null
fi
for service in "${services[@]}"; do
  # Each file whole: a service that runs looks at this folder, and takes the three when they fit.
  made=$(mktemp -d "$out/.$service-XXXXXX")
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$service" -keyout "$made/tls.key" -out "$made/request" 2>/dev/null
  openssl x509 -req -in "$made/request" -CA "$out/ca.crt" -CAkey "$out/ca.key" -set_serial "0x$(openssl rand -hex 8)" -days "$days" -sha256 -out "$made/tls.crt" \
    -extfile <(cat <<END
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:$service, DNS:$service.$namespace, DNS:$service.$namespace.svc, DNS:$service.$namespace.svc.cluster.local, DNS:localhost, IP:127.0.0.1
END
    ) 2>/dev/null
  rm "$made/request"
  mkdir -p "$out/$service"
  cp "$out/ca.crt" "$made/ca.crt"
  for file in ca.crt tls.crt tls.key; do mv "$made/$file" "$out/$service/$file"; done
  rmdir "$made"
  echo "kubectl -n $namespace create secret generic $service-tls --from-file=$out/$service --dry-run=client -o yaml | kubectl apply -f -"
done
