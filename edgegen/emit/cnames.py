"""The one grammar of names in generated C.

    model prefix   <p>           letters, digits, _; starts with a letter; never a keyword of C or C++
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
_KEYWORDS = frozenset(_KEYWORD_TEXT.split())


def prefix_from(name: str) -> str:
    """A valid prefix made from a model's name; at most 40 characters."""
    cleaned = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:40].rstrip("_") or "model"
    if cleaned[0].isdigit() or cleaned in _KEYWORDS or cleaned.startswith("eg_"):
        cleaned = f"model_{cleaned}"
    return cleaned


def checked_prefix(name: str) -> str:
    """The user's own prefix, or UsageError that says what it must be."""
    if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]{0,39}", name) or name in _KEYWORDS or name.startswith("eg_"):
        raise UsageError(
            f"--prefix is '{name}'; it must be a letter and up to 39 letters, digits or _, no keyword, not eg_..."
        )
    return name


def comment(text: str) -> str:
    """Text that cannot end a C comment or a line: model files choose names freely."""
    return re.sub(r"[^A-Za-z0-9_ .,:;#'()<>=+@\[\]-]", "_", text)[:200]
