"""What our macros say, whatever the values: the texts by which a quoted reply of ours is known inside a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from macros.filling.macro import Macro

CHOICE = re.compile(r"{%-?\s*if\b[^%]*%}((?:(?!{%).)*)(?:{%-?\s*else\s*-?%}((?:(?!{%).)*))?{%-?\s*endif\s*-?%}", re.S)
"""A choice on one line: what it says first, and what else."""
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.S)
"""Whatever in a template is not text."""


def own_texts(macros: Iterable[Macro]) -> Iterator[str]:
    """Yield each body, and each snippet in it, with the first and the last branch of its choices, without values."""
    for macro in macros:
        for body in (*macro.bodies, *(item for snippet in macro.snippets for item in snippet.bodies)):
            first = TAG.sub(" ", CHOICE.sub(lambda match: match[1], body.text))
            last = TAG.sub(" ", CHOICE.sub(lambda match: match[2] or "", body.text))
            yield from dict.fromkeys((first, last))
