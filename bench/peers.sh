# What the setups of the benchmarks share: packages that are missing, programs in Rust, packages of Python. To be sourced
# after `here` was set to the folder of the benchmark; sets `deps`, where everything lands.

deps=$(cd "$here/../.." && pwd)/.deps
debian_crates=/usr/share/cargo/registry
mkdir -p "$deps"

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# unless_there <program> <package>...: the packages, when there is no such program.
unless_there() {
    program=$1
    shift
    command -v "$program" >/dev/null || echo "$@"
}

has_own_cargo() {
    command -v cargo >/dev/null && [ "$(command -v cargo)" != /usr/bin/cargo ]
}

# unless_own_cargo <package>...: the packages, when cargo is missing or is Debian's.
unless_own_cargo() {
    has_own_cargo || echo "$@"
}

# install_missing <packages>...: those Debian packages that are not installed yet; an argument may name several or none.
install_missing() {
    missing=
    for package in $*; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    as_root apt-get update -q
    # shellcheck disable=SC2086 # one word per package
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

# cargo_build <folder> <program>: cargo writes its lock file beside the manifest, so that it gets a copy, in .deps.
cargo_build() {
    source=$deps/$2_source
    rm -rf "$source"
    mkdir -p "$source"
    cp -r "$1/." "$source"
    cd "$source"
    if ! has_own_cargo; then
        mkdir .cargo
        printf '[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "%s"\n' \
            "$debian_crates" >.cargo/config.toml
    fi
    cargo build --quiet --release --target-dir "$deps/$2_target"
    cp "$deps/$2_target/release/$2" "$deps/$2"
}

# python_packages <requirements> <name>: a virtual environment of that name with these packages.
python_packages() {
    venv=$deps/$2
    cmp -s "$1" "$venv/installed.txt" && return 0
    /usr/bin/python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$1"
    cp "$1" "$venv/installed.txt"
}
