"""Run every bench: `python -m bench [SET.tsv]`, the set being labelled texts for the language detector."""

from __future__ import annotations

import sys

from bench import language, screen


def main() -> None:
    screen.main()
    if len(sys.argv) > 1:
        language.main()


if __name__ == "__main__":
    main()
