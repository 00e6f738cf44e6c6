"""The rules whose signs are kept with a mail, by name: each says what was seen in it, and none decides alone."""

from __future__ import annotations

from typing import Final

SPAM: Final = "spam"
BULK: Final = "bulk"
RESPONDER: Final = "responder"
AUTOMATIC: Final = "automatic"
AWAY: Final = "away subject"
NO_SENDER: Final = "no sender"
BOUNCE: Final = "bounce"
"""Came back, without a delivery report; sure where a mailer daemon says so."""
REPLIED: Final = "automatic answer"
"""RFC 3834: `Auto-Submitted: auto-replied`; sure where no rule of a mailbox sent the mail on."""
DELIVERY: Final = "delivery report"
RECEIPT: Final = "read receipt"

UNAUTHENTICATED: Final = "not authenticated"
"""The receiving server could not confirm that the mail comes from its sender's domain (RFC 8601)."""
FORGED: Final = "forged authentication"
"""The mail itself came with results in the receiving server's name that contradict the server's own."""
LOOK_ALIKE: Final = "look-alike"
"""The sender resembles a customer, a colleague, another team or us."""
OTHER_REPLY: Final = "answers elsewhere"
"""Answers are wanted at an address that is not known as the customer's."""
ODD_DOMAIN: Final = "odd domain"
"""The sender's domain is not what it looks like."""
ODD_LINK: Final = "odd link"
"""A link or an address in the text is not what it looks like."""
HIDDEN: Final = "hidden characters"
