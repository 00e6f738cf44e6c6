"""Hooks that were taken out of the settings."""

from __future__ import annotations

from data.store import Store
from queues.hooks.hook import Hook


def forget_hooks(store: Store, kept: tuple[Hook, ...]) -> None:
    """Forget the hooks that are not in the settings any more: one that comes back begins anew."""
    names = [hook.name for hook in kept]
    if store.hooks.strangers(names):
        with store.write():
            store.hooks.forget(names)
