#!/usr/bin/env bash
# Sets up what `make demo` (demo) or everything else (full) needs: Debian packages that are missing, and .venv.
# Says what it does; does nothing when nothing is missing, so that every make target can call it first.
set -euo pipefail
cd "$(dirname "$0")/.."

profile=${1:-full}
case $profile in
    demo) extras="" ;;
    full) extras="[dev]" ;;
    *) echo "usage: .ci/setup.sh [demo|full]" >&2; exit 2 ;;
esac

say() { echo "set-up: $*"; }
fail() { echo "set-up: $*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

install_packages() {
    have apt-get || fail "missing here: $* (named as in Debian 12), and there is no apt-get: install them, then run make again"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        have sudo || fail "run this as root, then make again: apt-get install --no-install-recommends $*"
        as_root=(sudo)
    fi
    say "apt-get install --no-install-recommends $*"
    local log
    log=$(mktemp)
    "${as_root[@]}" apt-get update -qq >"$log" 2>&1 || { cat "$log" >&2; fail "apt-get update failed"; }
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1 \
        || { tail -n 30 "$log" >&2; fail "apt-get could not install: $*"; }
    rm -f "$log"
}

# One answer per package: is what we use of it here? (Asking for the file or program works on other systems, too.)
present() {
    case $1 in
        gcc | g++ | clang | cmake | cppcheck | qemu-system-arm) have "$1" ;;
        libc6-dev) echo '#include <stdio.h>' | gcc -E - >/dev/null 2>&1 ;;
        gcc-arm-none-eabi) have arm-none-eabi-gcc ;;
        libnewlib-arm-none-eabi) echo '#include <stdio.h>' | arm-none-eabi-gcc -E - >/dev/null 2>&1 ;;
        qemu-system-misc) have qemu-system-riscv32 ;;
        gcc-riscv64-unknown-elf) have riscv64-unknown-elf-gcc ;;
        picolibc-riscv64-unknown-elf) echo '#include <stdio.h>' | riscv64-unknown-elf-gcc --specs=picolibc.specs -E - >/dev/null 2>&1 ;;
        libclang-rt-dev) echo 'int main(void){return 0;}' | clang -fsanitize=address -x c -o /dev/null - >/dev/null 2>&1 ;;
        *) fail "no check for package $1" ;;
    esac
}

packages=(gcc libc6-dev gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm)
if [ "$profile" = full ]; then
    packages+=(g++ cmake qemu-system-misc gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf clang libclang-rt-dev cppcheck)
fi
missing=()
for package in "${packages[@]}"; do
    present "$package" || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    install_packages "${missing[@]}"
    for package in "${missing[@]}"; do
        present "$package" || fail "$package is installed, but what is used of it still does not work"
    done
fi

find_python() {
    local candidate
    for candidate in python3.11 python3 python3.12 python3.13; do
        if have "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            echo "$candidate"
            return
        fi
    done
    fail "edgegen needs Python 3.11 or later; found $(python3 --version 2>&1 || echo none)"
}

if [ ! -x .venv/bin/python ]; then
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        install_packages python3-venv
        "$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python has no module venv: install the one that belongs to it"
    fi
    say "creating .venv with $("$python" --version)"
    "$python" -m venv .venv
fi

# A full environment serves the demo, too; any change of pyproject.toml makes the stamp stale.
fingerprint=$(sha256sum pyproject.toml | cut -d ' ' -f 1)
stamp_of() { echo ".venv/.set-up-$1"; }
fresh() { [ "$(cat "$(stamp_of "$1")" 2>/dev/null)" = "$fingerprint" ]; }
if ! fresh full && ! fresh "$profile"; then
    say "pip install -e .$extras into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".$extras" || fail "pip could not install .$extras"
    echo "$fingerprint" > "$(stamp_of "$profile")"
fi
