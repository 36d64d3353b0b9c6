#!/usr/bin/env bash
# Brings etcd, containerd, runc and the CNI plugins as Debian packages and unpacks them into the cache; prints the folder.
# They are not installed: Debian's containerd would push out Docker's, and etcd would start as a service.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

packages=(etcd-server containerd runc containernetworking-plugins)
out=$PLIMSOLL_CACHE/packages-$(dpkg --print-architecture)-$(. /etc/os-release; echo "$VERSION_CODENAME")
echo "$out"
[ -e "$out/complete" ] && exit 0

mkdir -p "$out"
exec 9>"$out.lock"; flock 9
[ -e "$out/complete" ] && exit 0
download=$(mktemp -d); trap 'rm -rf "$download"' EXIT
chmod 755 "$download"
cd "$download"
apt-get -o APT::Sandbox::User=root download -qq "${packages[@]}" >&2 || {
  apt-get update -qq >&2
  apt-get -o APT::Sandbox::User=root download -qq "${packages[@]}" >&2
} || die "cannot download ${packages[*]}: is a Debian mirror reachable (apt-get update)?"
for package in ./*.deb; do dpkg-deb -x "$package" "$out"; done
touch "$out/complete"
