"""The one grammar of names in generated C.

    model prefix   <p>           letters, digits, _; starts with a letter; never a name of C, C++ or their headers
    node function  <p>_n<ii>_<op>
    kernel         <p>_<op>_<dtype>_<kernel>_<format>[_<specialisation>]
    table          <p>_n<ii>_<table>
    macro          <P>_...
"""

from __future__ import annotations

import re

from edgegen.errors import UsageError

_KEYWORD_TEXT = """
alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const constexpr
const_cast continue decltype default delete do double dynamic_cast else enum explicit export extern false float for
friend goto if inline int long main mutable namespace new noexcept not not_eq nullptr operator or or_eq private
protected public register reinterpret_cast requires restrict return short signed sizeof static static_assert
static_cast struct switch template this thread_local throw true try typedef typeid typename union unsigned using
virtual void volatile wchar_t while xor xor_eq eg
"""
# Names that C's own headers or compilers define as macros, the names of headers (<p>.h must not hide one of them), and
# `arena`, the member that a struct of the same name cannot have in C++.
_RESERVED_TEXT = """
arena assert complex ctype errno fenv float inttypes iso646 limits linux locale math setjmp signal stdalign stdarg
stdatomic stdbool stddef stderr stdin stdint stdio stdlib stdnoreturn stdout string tgmath threads time uchar unix wchar
wctype EOF NULL INT8_MAX INT8_MIN
"""
_RESERVED = frozenset((*_KEYWORD_TEXT.split(), *_RESERVED_TEXT.split()))


def _taken(name: str) -> bool:
    return name in _RESERVED or name.startswith("eg_") or name.endswith("_t")


def prefix_from(name: str) -> str:
    """A valid prefix made from a model's name; at most 40 characters."""
    cleaned = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:40].rstrip("_") or "model"
    if cleaned[0].isdigit() or _taken(cleaned):
        cleaned = f"model_{cleaned}"[:40].rstrip("_")
    return f"{cleaned}_model"[-40:] if cleaned.endswith("_t") else cleaned


def checked_prefix(name: str) -> str:
    """The user's own prefix, or UsageError that says what it must be."""
    if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]{0,39}", name) or _taken(name):
        raise UsageError(
            f"--prefix is '{name}'; it must be a letter and up to 39 letters, digits or _, and no name that C or C++ "
            "defines itself (keywords, standard headers, ..._t) or edgegen does (eg_...)"
        )
    return name


def comment(text: str) -> str:
    """Text that cannot end a C comment or a line: model files choose names freely."""
    return re.sub(r"[^A-Za-z0-9_ .,:;#'()<>=+@\[\]-]", "_", text)[:200]
