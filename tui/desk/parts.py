"""All parts of the desk, and the order in which their hooks are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import TYPE_CHECKING

from data.errors import StoreError
from tui.accounts.accounts import Accounts
from tui.cards.desk_message import DeskMessage
from tui.coaching.coach import Coach
from tui.context.changing import Changing
from tui.context.desk_context import DeskContext
from tui.context.going import Going
from tui.context.hooks import Act, Hooks
from tui.context.part import Part
from tui.context.tips import Tips
from tui.customer.customer_language import CustomerLanguage
from tui.customer.known_words import KnownWords
from tui.customer.looking_closer import CloserLook
from tui.customer.unmasking import Unmasking
from tui.deciding.corrections import Corrections
from tui.deciding.decisions import Decisions
from tui.deciding.escalating import Escalations
from tui.deciding.escalation_text import HandingOver
from tui.deciding.history_view import TicketHistory
from tui.deciding.joining import Joining
from tui.deciding.lanes_changed import LanesChanged
from tui.deciding.problems import Problems
from tui.deciding.questions import Questions
from tui.deciding.rerouting import RouteAgain
from tui.deciding.separating import Separating
from tui.demo.tour import Tour
from tui.demo.tutorial import Tutorial
from tui.desk.colleagues import PresenceAtTickets
from tui.desk.footer import Footer
from tui.desk.quit import Quit
from tui.desk.top_line import TopLine
from tui.desk.undo_keys import Undo
from tui.files.attached_files import AttachedFiles
from tui.first_run.first_screen import FirstScreen
from tui.keys.keymap import Keymap
from tui.lock.lock import Lock
from tui.moving.column_heads import Heads
from tui.moving.finding import Filter
from tui.moving.glance import Glance
from tui.moving.graphic_words import GraphicContent
from tui.moving.mentions import Mentions
from tui.moving.moving import Movement
from tui.moving.passing_over import MostUrgent
from tui.moving.view_choice import ViewChoice
from tui.palette.change_keys import ChangeKeys
from tui.palette.help import Help
from tui.palette.palette import Palette
from tui.palette.running import Running
from tui.palette.switches import Switches
from tui.palette.whereabouts import Whereabouts
from tui.procedures.changed_wording import ChangedWording
from tui.procedures.steps import ProcedureSteps
from tui.replying.bulk_answer import BulkAnswer
from tui.replying.composer_place import ComposerPlace
from tui.replying.composer_requests import ComposerRequests
from tui.replying.drafts import Drafts
from tui.replying.form_drafts import FormDrafts
from tui.replying.forwarding import Forwarding
from tui.replying.macro_keys import MacroKeys
from tui.replying.macro_preview import ReplyPreview
from tui.replying.macro_questions import MacroQuestions
from tui.replying.new_mail import NewMail
from tui.replying.outbox import Outbox
from tui.reports.report import Reports
from tui.reviews.reviews import Reviews
from tui.setup.settings import config_folder
from tui.shifts.begin_and_end import Shifts
from tui.shifts.figures import ShiftFigures
from tui.shifts.hand_ticket import HandTicket
from tui.shifts.handover import HandOver
from tui.shifts.wall import WallView

if TYPE_CHECKING:
    from queues.procedures.book import ProcedureBook
    from tui.accounts.setup import AccountSetup

POLL_SECONDS = 0.25
"""How often to check for commits of other connections; a check costs microseconds."""
MACRO_SECONDS = 2
"""How often to check for changed macros, in a thread."""
LEARN_SECONDS = 2
"""How often suggestions learn from replies sent or undone since."""
SHIFT_SECONDS = 2
"""How often to update the agent's own figures."""
ROOM_SECONDS = 3
"""How often to try to save drafts that the file did not take."""
LOCK_SECONDS = 5
"""How often to look how long ago the last key was."""
CLOCK_SECONDS = 30
"""How often to redraw the times left until due."""


class Parts:
    """The parts by name, each built from the context, the services and the parts before it."""

    def __init__(
        self,
        desk: DeskContext,
        *,
        procedures: Callable[[], ProcedureBook] | None = None,
        setup: AccountSetup | None = None,
        use_keys: Callable[[Keymap], None] = lambda keymap: None,
        use_ascii: Callable[[bool], None] = lambda on: None,
    ) -> None:
        """`procedures` reads the procedures, in a thread; `setup` sets accounts up. None where the desk has none.

        `use_keys` makes a keymap count at once, `use_ascii` draws in ASCII from now on.
        """
        self._desk = desk
        self.going = going = Going(desk)
        self.changing = changing = Changing(desk, HandingOver(config_folder()).completed)
        tips = Tips(desk)
        self.top_line = TopLine(desk)
        self.glance = Glance(desk, going)
        self.movement = Movement(desk, going, self.glance.show)
        self.most_urgent = MostUrgent(desk, going)
        self.filter = Filter(desk, going)
        self.view_choice = ViewChoice(desk, self.filter)
        self.mentions = Mentions(desk, going)
        self.decisions = Decisions(desk, changing)
        self.undo = Undo(desk, going, changing)
        self.questions = Questions(desk, changing)
        self.history = TicketHistory(desk, self.undo.undo_number)
        self.graphic = GraphicContent(desk)
        self.closer_look = CloserLook(desk, going)
        self.unmasking = Unmasking(desk)
        self.known_words = KnownWords(desk)
        self.files = AttachedFiles(desk)
        self.customer_language = CustomerLanguage(desk, changing)
        self.changed_wording = ChangedWording(desk)
        self.steps = ProcedureSteps(desk, going, changing, self.changed_wording, procedures)
        self.corrections = Corrections(desk, changing, lambda: self.steps.book)
        self.macro_questions = MacroQuestions(desk)
        self.writing = ComposerPlace(desk, going)
        self.drafts = Drafts(desk, self.writing)
        self.replies = ReplyPreview(desk, changing, self.most_urgent, self.macro_questions, self.writing, self.steps)
        self.macro_keys = MacroKeys(desk, self.replies, self.glance, tips)
        self.composer_requests = ComposerRequests(
            desk, changing, self.writing, self.drafts, self.macro_questions, self.replies
        )
        self.form_drafts = FormDrafts(desk)
        self.forwarding = Forwarding(desk, changing, self.form_drafts)
        self.new_mail = NewMail(desk, changing, self.form_drafts)
        self.bulk_answer = BulkAnswer(desk, changing, self.macro_questions)
        self.outbox = Outbox(desk, going, changing, self.writing)
        self.escalations = Escalations(desk, changing)
        self.joining = Joining(desk, changing)
        self.separating = Separating(desk, changing)
        self.problems = Problems(desk, changing, self.bulk_answer)
        self.route_again = RouteAgain(desk, changing)
        self.lanes_changed = LanesChanged(desk, going)
        self.accounts = Accounts(desk, setup)
        self.first_screen = FirstScreen(desk, self.accounts)
        self.coach = Coach(desk)
        self.shift_figures = ShiftFigures(desk, going, self.view_choice)
        self.shifts = Shifts(desk, going, self.graphic, self.steps, self.shift_figures)
        self.hand_over = HandOver(desk, going, self.shifts)
        self.hand_ticket = HandTicket(desk, changing)
        self.wall = WallView(desk, going)
        self.reports = Reports(desk, going, self.view_choice)
        self.reviews = Reviews(desk, going, changing, self.graphic, self.steps)
        whereabouts = Whereabouts(desk, going, self.writing, self.steps.panel)
        running = Running(desk, self.writing, tips, self.act)
        self.help = Help(desk, whereabouts, running)
        self.palette = Palette(
            desk, going, self.filter, self.glance, self.closer_look, self.replies, whereabouts, running
        )
        self.switches = Switches(desk, use_ascii)
        self.change_keys = ChangeKeys(desk, use_keys)
        self.heads = Heads(desk)
        self.tutorial = Tutorial(desk, lambda: self.lock.locked)
        self.tour = Tour(desk, self.tutorial)
        self.lock = Lock(desk)
        self.presence = PresenceAtTickets(desk, self.lock, self.replies)
        self.footer = Footer(desk, whereabouts, self.writing, tips, self.act)
        self.quit = Quit(desk)
        self.all: tuple[Part, ...] = tuple(part for part in vars(self).values() if isinstance(part, Part))
        self._actions: Mapping[str, Act] = {name: act for part in self.all for name, act in part.actions().items()}
        self._messages = {kind: hear for part in self.all for kind, hear in part.messages().items()}
        desk.hooks = self._hooks()

    def _hooks(self) -> Hooks:
        """Every hook, with the parts in the order in which they are called."""
        return Hooks(
            when_drawn=(
                self.heads.begin,
                self.macro_keys.load,
                self.steps.load_book,
                self.lanes_changed.look,
                self.tutorial.begin,
                self.presence.show,
            ),
            timers=(
                (POLL_SECONDS, self._desk.poll),
                (POLL_SECONDS, self.tour.look),
                (POLL_SECONDS, self.tutorial.look),
                (MACRO_SECONDS, self.macro_keys.look_for_changes),
                (LEARN_SECONDS, self.macro_keys.learn_news),
                (SHIFT_SECONDS, self.shift_figures.look_at_shift),
                (1, self._desk.show_header),
                (1, self.footer.show),
                (1, self.coach.look_at_work),
                (1, self.presence.look),
                (LOCK_SECONDS, self.lock.look_at_idle),
                (ROOM_SECONDS, self.drafts.try_again),
                (ROOM_SECONDS, self.form_drafts.try_again),
                (CLOCK_SECONDS, self._desk.show_times),
            ),
            is_reading=(self.steps.is_active,),
            on_header=(self.top_line.show,),
            on_layout=(self.glance.show,),
            on_glance=(self.steps.show, self.footer.show),
            is_writing=(lambda: self.writing.is_open,),
            on_ticket_shown=(self.steps.show_of,),
            on_ticket_opened=(self.graphic.note_opened,),
            on_lane_shown=(self.escalations.look_first, self.glance.show),
            before_refresh=(self.filter.look_again,),
            on_refresh=(self.escalations.tell_news, self.glance.show, self.presence.show),
            before_preview=(
                self.changed_wording.before_preview,
                self.bulk_answer.take_selected,
                self.customer_language.ask_before_preview,
            ),
            on_unfolded=(self.steps.unfolded,),
            on_steps_answered=(self.macro_keys.preview_hand_over,),
            on_answer_shown=(self.tour.answer_shown,),
            on_macros=(self.shifts.offer,),
            go_back=(
                self.movement.let_selection_go,
                self.filter.leave,
                self.reports.go_back,
                self.movement.close_ticket,
                self.view_choice.leave,
            ),
            on_refusal=(self.steps.keys_past,),
            on_late_result=(self.changing.tell_late,),
            before_quitting=(
                self.coach.keep_visit,
                self.form_drafts.all_kept,
                self.drafts.all_kept,
                self.presence.leave,
            ),
            on_closed=(self.first_screen.stop_import, self.files.remove_copies, self.palette.close),
        )

    async def keep_texts_at_the_end(self) -> None:
        """Save every text being written when the agent can no longer be asked; one that fails costs no other."""
        try:
            await self.drafts.keep_at_the_end()
        finally:
            await self.form_drafts.keep_at_the_end()

    def keep_texts_without_asking(self) -> None:
        """Save every text being written, waiting only briefly; called in any thread."""
        self.drafts.keep_without_asking()
        self.form_drafts.keep_without_asking()

    async def act(self, action_id: str) -> None:
        """Run an action of the registry; a file that cannot be read is reported, and the desk stays open."""
        try:
            done = self._actions[action_id]()
            if isawaitable(done):
                await done
            self.tour.acted(action_id)
        except StoreError as error:
            self._desk.refused(error)

    async def hear(self, message: DeskMessage) -> None:
        """Pass a widget's message to the part that handles it; a message without a handler is dropped."""
        answer = self._messages.get(type(message))
        try:
            done = answer(message) if answer is not None else None
            if isawaitable(done):
                await done
        except StoreError as error:
            self._desk.refused(error)
