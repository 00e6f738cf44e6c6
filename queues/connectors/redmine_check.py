"""What is looked at when a Redmine is set up: what would go wrong later, said at once."""

from __future__ import annotations

from data.errors import ConnectorError, RefusedError
from queues.accounts.ticketing_system import Tracker
from queues.connectors.redmine_feed import Json
from queues.connectors.redmine_names import Names
from queues.connectors.redmine_reading import MARK_FIELD, field_numbers


def findings(tracker: Tracker, names: Names, latest: Json | None, place: str, me: str) -> list[str]:
    """Return what is there, and what the person who sets it up should know; `latest` is the issue opened last.

    Raises ConnectorError if a project or the field for marks is missing.
    """
    projects = names.projects()
    for queue in tracker.queues:
        if queue not in projects:
            raise ConnectorError(
                "No such queue",
                f"{place} has no project {queue!r} that {me} can see; it has {', '.join(sorted(projects))}.",
            )
    if latest is not None and MARK_FIELD not in field_numbers(latest):
        raise no_field(place, str(latest["id"]))
    count = len(tracker.queues) or len(projects)
    results = [f"Redmine, as {me}, {count} {'project' if count == 1 else 'projects'}"]
    unknown = sorted(name for name, closes in names.closing().items() if not closes and tracker.here(name) is None)
    if unknown:
        results.append(f"set what {', '.join(unknown)} mean under `statuses`")
    public = [name for name in tracker.queues or sorted(projects) if not names.may_note(projects[name])]
    if public:
        results.append(f"notes stay here: you may not write private notes in {', '.join(public)}")
    return results


def no_field(place: str, ref: str) -> RefusedError:
    """Return the error of an issue without the field for marks: what got lost on the way might be sent twice."""
    return RefusedError(
        "No field for marks", f"Issue {ref} of {place} has no custom field {MARK_FIELD!r} that we may see: nothing is "
        "sent without it, as what got lost on the way could then be sent twice. Have an administrator add it for all "
        "projects and trackers.",
    )  # fmt: skip
