#!/bin/sh
# Makes the certificates of these tests anew. They are good for 127.0.0.1 only; the authorities' keys are thrown away.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/ca.cnf" <<X
[ca]
default_ca = default
[default]
database = $work/index.txt
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = policy
unique_subject = no
[policy]
organizationName = optional
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
[server]
subjectAltName = IP:127.0.0.1,DNS:localhost
[client]
extendedKeyUsage = clientAuth
X
touch "$work/index.txt"
echo 01 > "$work/serial"

request() { # name subject
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$work/$1.key" 2> /dev/null
  openssl req -new -key "$work/$1.key" -subj "$2" -out "$work/$1.csr"
}
sign() { # name extensions from to, then who signs
  name=$1 extensions=$2 from=$3 to=$4
  shift 4
  openssl ca -batch -notext -config "$work/ca.cnf" -extensions "$extensions" -startdate "$from" -enddate "$to" \
    -in "$work/$name.csr" -out "$name.crt" "$@" 2> /dev/null
}
for authority in ca other-ca; do
  request $authority "/CN=nightshift test $authority"
  sign $authority authority 20200101000000Z 21200101000000Z -selfsign -keyfile "$work/$authority.key"
done
request server "/CN=kube-apiserver"
sign server server 20200101000000Z 21200101000000Z -cert ca.crt -keyfile "$work/ca.key"
request client "/O=viewers/CN=nightshift"
sign client client 20200101000000Z 21200101000000Z -cert ca.crt -keyfile "$work/ca.key"
request expired "/O=viewers/CN=nightshift"
sign expired client 20240101000000Z 20250101000000Z -cert ca.crt -keyfile "$work/ca.key"
cp "$work/server.key" "$work/client.key" "$work/expired.key" .
