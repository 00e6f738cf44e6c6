"""format=flowed text put back into paragraphs (RFC 3676)."""

from __future__ import annotations


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Join the lines that end in a space with the next of the same quote depth; the signature line stays alone."""
    paragraphs: list[str] = []
    pieces: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        if not line and open_depth == -1:  # logs have millions of empty lines
            paragraphs.append("")
            continue
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if open_depth == depth and content != "-- ":
            pieces.append(content[:-1] if flows and delete_space else content)
        else:
            if open_depth != -1:
                paragraphs.append("".join(pieces))
            pieces = [">" * depth + (" " if depth else ""), content[:-1] if flows and delete_space else content]
        if flows:
            open_depth = depth
        else:
            paragraphs.append("".join(pieces))
            open_depth = -1
    if open_depth != -1:
        paragraphs.append("".join(pieces))
    return "\n".join(paragraphs)
