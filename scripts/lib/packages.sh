# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts: installing what is missing, choosing a generator, running a step quietly.

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Runs apt-get as root, silently; leaves its complaints in apt_problem.
apt_get() {
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  apt_problem=$("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" 2>&1 >/dev/null)
}

# apt-get install; with fresh lists if there are none, or if the present ones name files that are gone.
apt_install() {
  apt_get install -y --no-install-recommends "$@" ||
    { apt_get update && apt_get install -y --no-install-recommends "$@"; }
}

# need <package>...: makes sure that Debian packages are there. `command=package` is content with the command.
# Without apt it only checks the commands: CMake itself names the libraries that it does not find.
need() {
  local entry missing=() commands=()
  for entry in "$@"; do
    case $entry in
      *=*) command -v "${entry%%=*}" >/dev/null || { missing+=("${entry#*=}") && commands+=("${entry%%=*}"); } ;;
      *) if command -v dpkg-query >/dev/null && ! is_installed "$entry"; then missing+=("$entry"); fi ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && return
  if ! command -v apt-get >/dev/null; then
    [ ${#commands[@]} -eq 0 ] || die "not found: ${commands[*]} (Debian packages: ${missing[*]})"
    return 0
  fi
  say "Installing ${missing[*]}"
  apt_install "${missing[@]}" || die "$apt_problem
Could not install them. As root: apt-get install ${missing[*]}"
}

# What every build needs: a compiler, CMake, Ninja, and the libraries of the examples.
need_build_tools() {
  local compiler=${CXX:-c++}
  need "${compiler%% *}=g++" cmake=cmake ninja=ninja-build libeigen3-dev nlohmann-json3-dev libcli11-dev libzip-dev \
    libcurl4-openssl-dev zlib1g-dev libcpp-httplib-dev "$@"
  local found
  found=$(cmake --version | sed -n '1s/[^0-9]*\([0-9.]*\).*/\1/p')
  [ "$(printf '3.24\n%s\n' "$found" | sort -V | head -n 1)" = 3.24 ] ||
    die "CMake 3.24 or later is needed, found $found; newer ones: https://apt.kitware.com or pip install cmake"
  export CMAKE_GENERATOR=${CMAKE_GENERATOR:-Ninja}
}

# clang++ with the run-time libraries of its sanitizers and of libFuzzer, which have a package of their own.
need_clang_sanitizers() {
  need clang++=clang
  if ! echo "int main() {}" | clang++ -x c++ -fsanitize=address -o /dev/null - 2>/dev/null; then
    need "libclang-rt-$(clang++ -dumpversion | cut -d. -f1)-dev"
  fi
}

# quietly <log> <command>...: runs it with its output in the log, whose end is shown if it fails.
quietly() {
  local log=$1
  shift
  "$@" >>"$log" 2>&1 && return
  tail -n 40 "$log" >&2
  die "'$*' failed; all of its output is in $log"
}

# Where Eigen's headers are.
eigen_include() {
  local folder=/usr/include/eigen3
  [ -d "$folder" ] || folder=$(pkg-config --cflags-only-I eigen3 | sed 's/^ *-I//; s/ *$//')
  printf '%s\n' "$folder"
}
