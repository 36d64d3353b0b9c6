#!/bin/sh
# Lays out an image's root filesystem from built programs: rootfs.sh target|loadgen|plimsoll BIN_DIR OUT_DIR
# Programs go to /usr/bin, the shared libraries that they need to where the dynamic linker looks for them.
# Called by the Dockerfiles' build stage and by build.sh. Times are kept, so that unchanged stays recognizable.
set -eu
die() { echo "rootfs.sh: $*" >&2; exit 2; }
[ $# = 3 ] || die "usage: rootfs.sh target|loadgen|plimsoll BIN_DIR OUT_DIR"
bin=$2 out=$3
case $1 in
  target) programs="target cpuburn membloat" ;;
  loadgen) programs="loadgen" ;;
  plimsoll) programs="plimsoll" ;;
  *) die "no image is called $1: target, loadgen or plimsoll" ;;
esac

mkdir -p "$out/usr/bin" "$out/etc" "$out/tmp"
chmod 1777 "$out/tmp"
echo "plimsoll:x:65532:65532:plimsoll:/:/none" > "$out/etc/passwd"
echo "plimsoll:x:65532:" > "$out/etc/group"
touch -d @0 "$out/etc/passwd" "$out/etc/group"

for program in $programs; do
  [ -x "$bin/$program" ] || die "$bin/$program is missing: build it first (cmake --build build --target $program)"
  cp -pL "$bin/$program" "$out/usr/bin/$program"
  # ldd's lines: "libc.so.6 => /lib/.../libc.so.6 (0x...)" and "/lib64/ld-linux-x86-64.so.2 (0x...)"; it fails for a static program
  libraries=$(ldd "$bin/$program" 2>/dev/null) || continue
  case $libraries in *"not found"*) die "$program needs a library that is not here: $(echo "$libraries" | grep 'not found')" ;; esac
  for library in $(echo "$libraries" | sed -n 's/^.*[[:space:]]\(\/[^ ]*\) (0x.*$/\1/p'); do
    mkdir -p "$out${library%/*}"
    cp -pL "$library" "$out$library"
  done
done
