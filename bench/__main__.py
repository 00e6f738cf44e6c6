"""Run every bench: `python -m bench [SET.tsv …]`, the sets being labelled texts for the language detector."""

from __future__ import annotations

import sys

from bench import intake, keys, language, mail, programs, report, routing, screen, suggest


def main() -> None:
    language.main(sys.argv[1:])
    suggest.main()
    routing.main()
    screen.main()
    keys.main()
    intake.main()
    mail.main()
    programs.main()
    report.main()


if __name__ == "__main__":
    main()
