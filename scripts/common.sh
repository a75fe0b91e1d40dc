# What the scripts share: where the checkout is, and one line per stage with its time. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=$root/.deps
logs=$root/build/log
# Precompiled headers carry times, and name files that carry them too: ccache is told that neither matters.
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# seconds_since <start>: the time since $EPOCHREALTIME was <start>, in seconds with one decimal.
seconds_since() {
    local now=${EPOCHREALTIME/[.,]/} start=${1/[.,]/}
    local tenths=$(((now - start + 50000) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# stage <name> <command>...: runs the command with its output in build/log/<name>.log and prints one line when it is done.
# (`set -e` does not reach into it: a function that is run as a stage joins its steps with &&.) A stage that fails shows the end of its log. With `stage_quiet=1`, stages that took under a second print nothing.
stage() {
    local name=$1 log=$logs/${1// /-}.log start=$EPOCHREALTIME status=0
    shift
    mkdir -p "$logs"
    ("$@") >"$log" 2>&1 </dev/null || status=$?
    local took
    took=$(seconds_since "$start")
    if [ $status -ne 0 ]; then
        printf '%-20s FAILED after %s s, the end of %s:\n' "$name" "$took" "${log#"$root"/}" >&2
        tail -n 60 "$log" >&2
        return $status
    fi
    if [ -z "${stage_quiet:-}" ] || [ "${took%.*}" -ge 1 ]; then
        printf '%-20s %8s s\n' "$name" "$took" >&2
    fi
}

# configure <preset> [cmake option...]: once; later changes of CMake files are noticed by the build itself. Options given
# here are applied when they differ from what the build folder was configured with.
configure() {
    local preset=$1
    shift
    local wanted="$*" stamp=$root/build/$preset/.configured
    if [ -f "$root/build/$preset/build.ninja" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    (cd "$root" && cmake --preset "$preset" "$@") && printf '%s\n' "$wanted" >"$stamp"
}

# build <preset> [cmake --build option...]
build() {
    local preset=$1
    shift
    (cd "$root" && cmake --build --preset "$preset" -j "${JOBS:-$(nproc)}" "$@")
}

# A release as scripts/run needs it: neither tests (GoogleTest may not be there) nor examples. A folder that was configured
# with them keeps them.
configure_release() {
    [ -f "$root/build/release/build.ninja" ] || configure release -DTRAWL_TESTS=OFF -DTRAWL_EXAMPLES=OFF
}
