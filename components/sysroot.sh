#!/bin/bash
# Builds a Rust std for wasm32-unknown-unknown out of Debian's rust-web-src, offline, for components/build.ts.
#   sysroot.sh DEST
# Builds nothing if DEST was made by the same compiler and the same version of this script.
set -euo pipefail

dest=$1
target=wasm32-unknown-unknown
rustc=${RUSTC:-/usr/bin/rustc}
cargo=${CARGO:-/usr/bin/cargo}
source=${RUST_STD_SOURCE:-/usr/lib/rustlib/src/rust/library}

[ -f "$source/Cargo.lock" ] || { echo "no source of std at $source (Debian package rust-web-src)" >&2; exit 1; }

stamp="$("$rustc" --version) $(sha256sum < "$0" | cut -c1-16)"
libs=$dest/lib/rustlib/$target/lib
[ "$(cat "$libs/.stamp" 2> /dev/null || true)" != "$stamp" ] || exit 0

echo "building std for $target with $("$rustc" --version)" >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src" "$work/.cargo"
cp -r "$source/vendor" "$work/vendor"

# Debian leaves out this prebuilt archive (a weak cabi_realloc), and its build script only copies it; std needs none.
for runtime in "$work"/vendor/wit-bindgen-*/src/rt; do
  [ ! -d "$runtime" ] || [ -e "$runtime/libwit_bindgen_cabi.a" ] || printf '!<arch>\n' > "$runtime/libwit_bindgen_cabi.a"
done

cat > "$work/Cargo.toml" <<'TOML'
[package]
name = "empty"
version = "0.0.0"
edition = "2024"

[profile.release]
opt-level = "s"
panic = "abort"

[workspace]
TOML
echo '#![no_std]' > "$work/src/lib.rs"
cat > "$work/.cargo/config.toml" <<TOML
[source.crates-io]
replace-with = "vendored"

[source.vendored]
directory = "$work/vendor"
TOML

# Bitcode lets a crate with `lto = true` optimize through std.
flags="-Cembed-bitcode=yes --remap-path-prefix=$source=/rust/library --remap-path-prefix=$work=/rust"
(
  cd "$work"
  env -u CARGO_TARGET_DIR -u CARGO_BUILD_TARGET CARGO_HOME="$work/cargo" RUSTC="$rustc" RUSTC_BOOTSTRAP=1 \
    RUSTFLAGS="$flags" "$cargo" build --quiet --release --offline -Z build-std=std,panic_abort \
    --target "$target" --target-dir "$work/target"
)

rm -rf "$libs"
mkdir -p "$libs"
find "$work/target/$target/release" -path '*deps*' -name '*.rlib' ! -name 'libempty*' -exec cp {} "$libs/" \;
echo "$stamp" > "$libs/.stamp"
