"""The recognisers of incoming messages, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable

from data.records.incoming import Received
from queues.desk.recognisers.arrival import Arrival
from queues.desk.recognisers.conversation import conversation
from queues.desk.recognisers.customers_word import ordinary, thanks
from queues.desk.recognisers.duplicate import duplicate
from queues.desk.recognisers.earlier_mail import earlier_mail
from queues.desk.recognisers.from_elsewhere import note_from_elsewhere, reply_from_elsewhere
from queues.desk.recognisers.machines import undelivered_reply, unheard
from queues.desk.recognisers.new_matter import new_matter
from queues.desk.recognisers.other_teams import answer_of_a_team, mail_to_a_team
from queues.desk.recognisers.proof_of_arrival import answered_doubt, delivery, own_copy
from queues.desk.recognisers.rating import rating
from queues.desk.recognisers.third_parties import answer_of_a_third_party

Recogniser = Callable[[Arrival], Received | None]
"""Files the message if it recognises it, and returns the result; else records what it learned, if anything,
and passes the message on."""

RECOGNISERS: tuple[Recogniser, ...] = (
    duplicate,
    answered_doubt,
    own_copy,
    delivery,
    mail_to_a_team,
    answer_of_a_team,
    answer_of_a_third_party,
    conversation,
    rating,
    new_matter,
    # from here on the message joins a ticket
    earlier_mail,
    reply_from_elsewhere,
    note_from_elsewhere,
    undelivered_reply,
    unheard,
    thanks,
    ordinary,
)
"""The first that returns a result has filed the message; the last files everything else."""
