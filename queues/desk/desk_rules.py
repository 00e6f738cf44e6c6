"""The rules of a desk: routing, clocks, procedures, and the sender of our replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.records.custom_fields import CustomField
from data.records.tickets import DEFAULT_LANES, Lane, Ticket
from queues.clocks import sla
from queues.clocks.calendar import Calendar
from queues.ground.roles import Role
from queues.ground.teams import Team
from queues.next_up.fair_share import Assigning
from queues.next_up.graphic_content import Exposure
from queues.procedures.procedure import Procedure
from queues.promises.find_promises import OFFICE
from queues.routing.rules import Rules, default_rules


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender and look of replies through one connector."""

    address: str
    brand: str
    signature: Mapping[str, str] = field(default_factory=dict)
    """By language; `default` is used for the others."""
    html: bool = False

    def signature_in(self, language: str) -> str:
        """Return the signature for a language such as `es-MX`: its own, the plain language's, the default."""
        signatures = (self.signature.get(name) for name in (language, language.partition("-")[0], "default"))
        return next((text for text in signatures if text), "")


@dataclass(frozen=True, slots=True)
class DeskRules:
    """The rules of a desk; the defaults are built in."""

    routing: Rules = field(default_factory=default_rules)
    lanes: tuple[Lane, ...] = DEFAULT_LANES
    """Left to right; their filters are tried in this order."""
    fields: tuple[CustomField, ...] = ()
    """The custom fields of tickets, in the order of the screen."""
    policies: Sequence[sla.Policy] = sla.DEFAULT_POLICIES
    calendars: Mapping[str, Calendar] = field(default_factory=lambda: sla.DEFAULT_CALENDARS)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    """By id; a ticket whose procedure is not among them has no gates."""
    thanks_reopen: bool = False
    """A message of nothing but thanks reopens a solved ticket too."""
    reopen_days: int = 14
    """How long after it was solved a ticket is reopened by a new message; 0 for always."""
    rating_days: int = 30
    """How long after a rating request an answer counts as a rating."""
    office: Calendar = OFFICE
    """The working week for `two working days` and `by Friday` in a reply, in the desk's own time zone."""
    undo_seconds: int = 10
    """How long a reply waits in the outbox so that it can be recalled."""
    sender: str = "support@tridesk.invalid"
    """The address that our replies come from."""
    brand: str = "Support"
    """The sender's name."""
    own_addresses: frozenset[str] = frozenset()
    """Other addresses that are ours, lower case: aliases, and mail groups that deliver to us."""
    blocked_senders: frozenset[str] = frozenset()
    """Whose mail is suspended as spam: addresses, or domains as `@domain`, lower case."""
    trusted_senders: frozenset[str] = frozenset()
    """Whose mail no filter's verdict suspends, written in the same way."""
    teams: Sequence[Team] = ()
    """The other teams that the settings know."""
    mail_connector: str = ""
    """The connector for mail to other teams; empty for the ticket's own connector, if that is a mailbox."""
    sure: float = 0.9
    """The confidence from which a detected language becomes the ticket's."""
    exposure: Exposure = field(default_factory=Exposure)
    """Which tickets are graphic, and how many easier tickets to interleave between two of them."""
    logins: frozenset[str] = frozenset()
    """The agent's own names in other systems: notes there mention them by these."""
    assigning: Assigning = field(default_factory=Assigning)
    """To whom tickets that no one has are assigned; to no one, unless the settings name agents."""
    counts_picks: bool = False
    """Record an event with the rank of a ticket that was taken ahead of next-up's."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """By agent, `*` for the others; without any, everyone may do everything."""
    senders: Mapping[str, Sender] = field(default_factory=dict)
    """By connector; others send as `sender` and `brand`."""

    @property
    def our_addresses(self) -> frozenset[str]:
        """Every address of ours, lower case: a mail to one comes back to us."""
        senders = (self.sender, *(sender.address for sender in self.senders.values()))
        return self.own_addresses | {address.casefold() for address in senders}

    def mails_through(self, ticket: Ticket) -> str:
        """Return the connector for mail about a ticket to others than the customer, empty where there is none.

        A ticket that is mirrored from another system has no mail account of its own.
        """
        own = ticket.connector if ticket.connector in self.senders else ""
        return own or self.mail_connector or ("" if ticket.external_ref else ticket.connector)

    def sender_for(self, connector: str) -> Sender:
        """Return the sender of a connector's replies."""
        return self.senders.get(connector) or Sender(self.sender, self.brand)
