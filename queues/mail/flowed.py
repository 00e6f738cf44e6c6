"""format=flowed text put back into paragraphs (RFC 3676)."""

from __future__ import annotations


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Join the lines that end in a space with the next of the same quote depth; the signature line stays alone."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        joins = open_depth == depth and content != "-- "
        if joins:
            out[-1] += content
        else:
            out.append(">" * depth + (" " if depth else "") + content)
        flows = content.endswith(" ") and content != "-- "
        if flows and delete_space:
            out[-1] = out[-1][:-1]
        open_depth = depth if flows else -1
    return "\n".join(out)
