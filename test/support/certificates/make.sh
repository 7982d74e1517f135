#!/bin/sh
# Makes the certificates of the tests anew, each in one file with its key. They are valid for a hundred years, and protect nothing.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# key NAME
key() {
  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$work/$1.key"
}

# authority NAME: signs itself
authority() {
  key "$1"
  openssl req -x509 -new -key "$work/$1.key" -subj "/CN=$1" -days 36500 -out "$work/$1.crt" \
    -addext "basicConstraints=critical,CA:true" -addext "keyUsage=critical,keyCertSign,cRLSign"
}

# signed NAME AUTHORITY ALTERNATIVE-NAMES FROM UNTIL
signed() {
  key "$1"
  openssl req -new -key "$work/$1.key" -subj "/CN=$1" -out "$work/$1.csr"
  cat >"$work/$1.cnf" <<END
[ca]
default_ca = default
[default]
database = $work/$1.db
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = extensions
[any]
commonName = supplied
[extensions]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $3
END
  : >"$work/$1.db"
  openssl ca -batch -notext -config "$work/$1.cnf" -cert "$work/$2.crt" -keyfile "$work/$2.key" \
    -startdate "$4" -enddate "$5" -in "$work/$1.csr" -out "$work/$1.crt"
  cat "$work/$1.crt" "$work/$1.key" >"$1.pem"
}

here="DNS:localhost,IP:127.0.0.1,IP:::1"
since=20200101000000Z
until=21200101000000Z

authority authority
authority stranger-authority
cp "$work/authority.crt" authority.pem
signed server authority "$here" $since $until
signed client authority "DNS:client.test" $since $until
signed elsewhere authority "DNS:elsewhere.test" $since $until
signed expired authority "$here" $since 20200102000000Z
signed stranger stranger-authority "$here" $since $until
