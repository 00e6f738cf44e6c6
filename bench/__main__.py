"""Run every bench: `python -m bench [SET.tsv …]`, the sets being labelled texts for the language detector."""

from __future__ import annotations

import sys

from bench import (
    intake,
    keys,
    language,
    mail,
    peers,
    programs,
    report,
    results,
    routing,
    screen,
    slow_line,
    suggest,
)


def main() -> None:
    language.main(sys.argv[1:])
    suggest.main()
    routing.main()
    screen.main()
    keys.main()
    peers.main()
    slow_line.main()
    intake.main()
    mail.main()
    programs.main()
    report.main()
    print("The table is in", " and ".join(map(str, results.save())))


if __name__ == "__main__":
    main()
