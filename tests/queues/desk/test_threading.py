"""Subjects that belong together are told from those that only look alike."""

from __future__ import annotations

import pytest

from queues.desk.find_ticket import plain_subject


@pytest.mark.parametrize(
    "subject",
    [
        "My order", "Re: My order", "RE: AW: my  order", "Re[2]: My order", "[#4711] My order",
        "Re: [Ticket 4711] RV: My order",
        "My order [#4711]", "Re: My order (case #4711)", "Fwd: My order",
        "WG: AW: My order", "TR : RE : My order", "VS: My order", "ODP: My order", "回复：My order", "答复: My order",
        "返信: My order", "Отв: My order", "Svar: My order", "I: R: My order", "ΑΠ: My order",
    ],
)  # fmt: skip
def test_answer_marks_and_numbers_do_not_count(subject: str) -> None:
    assert plain_subject(subject) == "my order"


@pytest.mark.parametrize(
    "subject", ["My orders", "Remy order", "My order 4711", "Order", "[urgent] My order", "Ref: My order"]
)
def test_other_words_count(subject: str) -> None:
    assert plain_subject(subject) != "my order"
