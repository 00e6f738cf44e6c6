"""Snippets inside a text: an include becomes the tree of what it names, so that all limits hold for the whole."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from macros.filling.allow_list import MAX_NODES, RefusedError, parse, within_limits

MAX_INCLUDES = 50
"""Snippets in one text, counted with those that they include."""


def includes(tree: nodes.Template) -> tuple[tuple[str, int], ...]:
    """Return the names that a tree includes, each with its line. Raises RefusedError for another sort of include."""
    within_limits(tree)
    return tuple((_name(node), node.lineno) for node in tree.find_all(nodes.Include))


def splice(
    environment: ImmutableSandboxedEnvironment, tree: nodes.Template, snippets: Mapping[str, str]
) -> nodes.Template:
    """Return the tree with every include replaced by what the snippet says. Raises RefusedError."""
    _Splicing(environment, snippets).into(tree)
    return tree


class _Splicing:
    def __init__(self, environment: ImmutableSandboxedEnvironment, snippets: Mapping[str, str]) -> None:
        self._environment, self._snippets = environment, snippets
        self._remaining, self._parts = MAX_INCLUDES, 0

    def into(self, tree: nodes.Template) -> None:
        self._parts += within_limits(tree)
        if self._parts > MAX_NODES:
            raise RefusedError(1, f"has more than {MAX_NODES} parts, snippets included")
        if next(tree.find_all(nodes.Include), None) is None:
            return
        for node in [tree, *tree.find_all(nodes.Node)]:
            for name in node.fields:
                held = getattr(node, name)
                if isinstance(held, list):
                    held[:] = [self._snippet(item) if isinstance(item, nodes.Include) else item for item in held]

    def _snippet(self, node: nodes.Include) -> nodes.Node:
        name = _name(node)
        if name not in self._snippets:
            raise RefusedError(node.lineno, f"there is no snippet {name!r}")
        self._remaining -= 1
        if self._remaining < 0:
            raise RefusedError(node.lineno, f"more than {MAX_INCLUDES} snippets are included in one text")
        tree = parse(self._environment, self._snippets[name])
        self.into(tree)
        scope = nodes.Scope(tree.body)
        scope.set_environment(self._environment)
        # The snippet was checked by itself; what is wrong only here is wrong where it is included
        return scope.set_lineno(node.lineno, override=True)


def _name(node: nodes.Include) -> str:
    name = node.template.value if isinstance(node.template, nodes.Const) else None
    if not isinstance(name, str) or node.ignore_missing or not node.with_context:
        raise RefusedError(node.lineno, 'include takes the name of one snippet: {% include "closing" %}')
    return name
