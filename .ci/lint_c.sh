#!/usr/bin/env bash
# Holds runtime_c/ to the rules that generated code keeps: every header alone is clean under the strict flags with
# every compiler, as C99 and as C++, and cppcheck has nothing to say. (tests/ compile and lint the generated code.)
set -euo pipefail
cd "$(dirname "$0")/.."

strict=(-std=c99 -pedantic -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wcast-align -Wcast-qual
    -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wdouble-promotion -Wvla -Werror)

for header in runtime_c/*.h; do
    for compiler in gcc clang "arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb" "arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb"; do
        echo "#include \"$header\"" | $compiler "${strict[@]}" -I. -fsyntax-only -x c -
    done
    echo "#include \"$header\"" | clang++ -std=c++11 -Wall -Wextra -Werror -I. -fsyntax-only -x c++ -
done
cppcheck --quiet --std=c99 --enable=warning,portability,performance --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem -I runtime_c --language=c runtime_c/*.h
echo "runtime_c: $(find runtime_c -name '*.h' | wc -l) headers clean with gcc, clang, arm-none-eabi-gcc and cppcheck"
