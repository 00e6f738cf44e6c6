"""When Python looks for objects that only hold each other: never while the desk opens, and later only among new ones.

What is loaded at the start stays to the end. Each look at all of it held up a key by a tenth of a second.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SETTLED_SECONDS = 5.0
"""After how long, once the desk is drawn, macros, suggestions and rules are loaded."""
_NEW_OBJECTS = 10_000
"""How many new objects are worth a look: drawing makes hundreds with each key, and drops them by itself."""


@contextmanager
def waiting() -> Iterator[None]:
    """Do not look until `settle` is called: the desk is being opened. Looks at everything again once it is closed."""
    usual = gc.get_threshold()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)
        gc.enable()


def is_waiting() -> bool:
    """Return whether `settle` is still to be called."""
    return not gc.isenabled()


def settle() -> None:
    """Take all that is loaded for lasting, and look at what comes from now on."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
    gc.enable()
