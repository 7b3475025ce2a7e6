# Shared by ./run, ./test and tools/*: set-up and quiet builds. Sourced, never run.
# Everything here speaks on stderr, so that a program's stdout stays its own.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)

# configure PRESET: runs CMake when the build folder is new or the presets have changed.
configure() {
  local dir=$root/build/$1
  [[ -f $dir/build.ninja && ! $root/CMakePresets.json -nt $dir/.configured ]] && return 0
  mkdir -p "$dir"
  echo "Configuring $1" >&2
  if ! (cd "$root" && cmake --preset "$1") >"$dir/configure.log" 2>&1; then
    # From the first error on; all of it when CMake did not name one.
    sed -n '/^CMake Error/,$p' "$dir/configure.log" | grep . >&2 || cat "$dir/configure.log" >&2
    return 1
  fi
  touch "$dir/.configured"
}

# has_target PRESET NAME: whether the configured tree builds NAME.
has_target() {
  grep -q "^build $2: phony\|^build bin/$2[ :]" "$root/build/$1/build.ninja"
}

# compile PRESET [TARGET...]: builds with one progress line on a terminal, silent elsewhere; the
# compiler's words are shown when it fails. One build of a preset at a time.
compile() {
  local preset=$1
  shift
  (
    cd "$root"
    if ninja -C "build/$preset" -n "$@" 2>/dev/null | grep -q 'ninja: no work to do'; then exit 0; fi
    # By the preset: programs that the build runs need its environment (sanitizer options).
    local build=(flock "build/$preset/.lock" cmake --build --preset "$preset" -- -j "$jobs")
    if [[ -t 2 ]]; then
      NINJA_STATUS="[$preset %f/%t] " "${build[@]}" "$@" >&2
    else
      echo "Building $preset" >&2
      "${build[@]}" --quiet "$@" >&2
    fi
  )
}

# bench_targets PRESET: the names of the bench programs in the configured tree.
bench_targets() {
  sed -n 's,^build bin/\(bench_[a-z0-9_]*\)[ :].*,\1,p' "$root/build/$1/build.ninja" | sort -u
}

# fuzz_targets PRESET: the names of the fuzzers in the configured tree.
fuzz_targets() {
  sed -n 's,^build bin/\(fuzz_[a-z0-9_]*\)[ :].*,\1,p' "$root/build/$1/build.ninja" | sort -u
}
