"""The part of Jinja that a macro may use. Everything not named here is refused before it is compiled.

The sandbox alone stops escapes but not time or memory (`{{ 9 ** 9 ** 9 }}` hangs while compiling), so the syntax tree
is checked against a list: no calls, no arithmetic, no inheritance, loops over short lists only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from macros.filling.context import CONTRACT, GROUPS, LIST_FIELDS, SINGLE
from macros.filling.filters import OWN, wrong_argument

MAX_NODES = 1000
MAX_DEPTH = 12
MAX_LOOP = 50
MAX_NUMBER = 10**15

FILTERS = frozenset({"capitalize", "default", "d", "lower", "title", "trim", "upper", "join", *OWN})
TESTS = frozenset({"defined", "undefined"})
_LOOP_FIELDS = frozenset({"index", "first", "last", "length"})
_ALLOWED = frozenset(
    {
        "Template", "Output", "TemplateData", "Const", "Name", "Getattr", "Getitem", "If", "CondExpr", "For", "Assign",
        "Compare", "Operand", "And", "Or", "Not", "Concat", "Filter", "Test", "List", "Tuple", "Scope",
    }
)  # fmt: skip
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset({*CONTRACT, *SINGLE, "loop"})


class RefusedError(ValueError):
    """A template outside the allowed part of Jinja; `line` counts from 1 in the text that was given."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def parse(environment: ImmutableSandboxedEnvironment, text: str) -> nodes.Template:
    """Return the syntax tree of `text`; raise RefusedError if it is not a template."""
    try:
        return environment.parse(text)
    except TemplateSyntaxError as wrong:
        raise RefusedError(wrong.lineno, wrong.message or "is not a template") from None
    except (RecursionError, ValueError, OverflowError, MemoryError):
        raise RefusedError(1, "is nested too deep or holds too large a number") from None


def check(tree: nodes.Template, asked: Iterable[str]) -> None:
    """Raise RefusedError when the tree does what a macro may not, or names a value neither published nor `asked`."""
    within_limits(tree)
    _Checker(frozenset(asked)).visit(tree)


def _constant(node: nodes.Const) -> None:
    if node.value is None:
        raise RefusedError(node.lineno, "none may not be used in a macro; it would print as a word")
    if isinstance(node.value, int | float) and not abs(node.value) < MAX_NUMBER:
        raise RefusedError(node.lineno, f"numbers go up to {MAX_NUMBER}")


def within_limits(tree: nodes.Node) -> int:
    """Return how many parts a tree has. Raises RefusedError if it is too deep or has too many."""
    # Level by level, not by recursion, so that a deep tree is measured and not fallen into.
    level: list[nodes.Node] = [tree]
    count = depth = 0
    while level:
        count, depth = count + len(level), depth + 1
        if depth > MAX_DEPTH:
            raise RefusedError(level[0].lineno or 1, f"is nested more than {MAX_DEPTH} levels deep")
        if count > MAX_NODES:
            raise RefusedError(level[0].lineno or 1, f"has more than {MAX_NODES} parts")
        level = [child for node in level for child in node.iter_child_nodes()]
    return count


class _Checker:
    """Walks one template; remembers the names that it sets itself."""

    def __init__(self, asked: frozenset[str]) -> None:
        self._asked = asked | SINGLE.keys()
        self._known = set(self._asked)

    def visit(self, node: nodes.Node, in_loop: bool = False) -> None:
        kind, line = type(node).__name__, node.lineno or 1
        if kind not in _ALLOWED:
            raise RefusedError(line, f"{_said(kind)} may not be used in a macro")
        if isinstance(node, nodes.For):
            self._loop(node, in_loop)
            return
        if isinstance(node, nodes.Assign):
            self._assign(node)
            return
        if isinstance(node, nodes.Scope):  # an included snippet: what it sets is gone after it
            before = set(self._known)
            for child in node.body:
                self.visit(child, in_loop)
            self._known = before
            return
        if isinstance(node, nodes.Getattr | nodes.Getitem):
            self._field(node)
            return
        if isinstance(node, nodes.Name):
            self._name(node)
        elif isinstance(node, nodes.Const):
            _constant(node)
        elif isinstance(node, nodes.List | nodes.Tuple):
            self._flat(node)
        elif isinstance(node, nodes.Filter):
            self._filter(node)
        elif isinstance(node, nodes.If | nodes.CondExpr):
            _plain(node.test, "a condition")
        elif isinstance(node, nodes.Test) and node.name not in TESTS:
            raise RefusedError(line, f"the test {node.name!r} may not be used; known are {', '.join(sorted(TESTS))}")
        for child in node.iter_child_nodes():
            self.visit(child, in_loop)

    def _flat(self, node: nodes.List | nodes.Tuple) -> None:
        # Lists of lists double as texts do; what is set may be one.
        for item in node.items:
            if not isinstance(item, nodes.Const | nodes.Getattr) and getattr(item, "name", None) not in self._asked:
                raise RefusedError(node.lineno, "a literal list holds texts, numbers, published values and asks")

    def _name(self, node: nodes.Name) -> None:
        if node.ctx != "load" or node.name in self._known:
            return
        if node.name in CONTRACT:
            raise RefusedError(
                node.lineno, f"{node.name} is a group of values; name one, such as {_example(node.name)}"
            )
        raise RefusedError(
            node.lineno, f"there is no value {node.name!r}; ask for it in [[asks]] or see docs/macros.md"
        )

    def _field(self, node: nodes.Getattr | nodes.Getitem) -> None:
        if isinstance(node, nodes.Getattr) and _is_group(node.node):
            if not _FIELD.fullmatch(node.attr):
                raise RefusedError(node.lineno, f"there is no field {node.attr!r}; names have small letters, digits, _")
            return
        if _is_group(node):
            raise RefusedError(node.lineno, "ticket.fields is a group of values; name one: ticket.fields.order")
        field = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", None)
        group = node.node.name if isinstance(node.node, nodes.Name) else ""
        known = _LOOP_FIELDS if group == "loop" and "loop" in self._known else CONTRACT.get(group, frozenset())
        if not isinstance(field, str) or field not in known:
            raise RefusedError(node.lineno, f"there is no value {group or 'like that'}.{field}; see docs/macros.md")

    def _filter(self, node: nodes.Filter) -> None:
        if node.node is None:
            raise RefusedError(node.lineno, "a filter block may not be used in a macro")
        if node.name not in FILTERS:
            known = ", ".join(sorted(FILTERS))
            raise RefusedError(node.lineno, f"the filter {node.name!r} may not be used; known are {known}")
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None or len(node.args) > 1:
            raise RefusedError(node.lineno, f"the filter {node.name!r} takes one plain value here")
        if node.name in OWN and node.args:
            wrong = wrong_argument(node.name, getattr(node.args[0], "value", None))
            if wrong:
                raise RefusedError(node.lineno, wrong)
        if node.name == "join" and not (_is_list(node.node) and all(isinstance(arg, nodes.Const) for arg in node.args)):
            raise RefusedError(node.lineno, "join takes ticket.tags or a literal list, and a separator")

    def _assign(self, node: nodes.Assign) -> None:
        if not isinstance(node.target, nodes.Name) or node.target.name in _RESERVED:
            raise RefusedError(node.lineno, "set gives one new name a value; it cannot change the names that are given")
        # A value built from itself doubles with every line: what is set may be chosen, not grown.
        _plain(node.node, "set")
        self.visit(node.node)
        self._known.add(node.target.name)

    def _loop(self, node: nodes.For, in_loop: bool) -> None:
        if in_loop:
            raise RefusedError(node.lineno, "loops cannot be nested")
        if node.recursive or not isinstance(node.target, nodes.Name) or not _is_list(node.iter):
            raise RefusedError(
                node.lineno, "a loop goes through ticket.tags or a short literal list, with one loop variable"
            )
        if node.target.name in _RESERVED:
            raise RefusedError(
                node.lineno, f"the loop variable cannot be named {node.target.name!r}, which already has a meaning"
            )
        if node.test is not None:
            _plain(node.test, "a condition")
        self.visit(node.iter)
        before = set(self._known)
        self._known |= {node.target.name, "loop"}
        for child in (*node.body, *([node.test] if node.test else [])):
            self.visit(child, in_loop=True)
        self._known = before
        for child in node.else_:
            self.visit(child)


def _plain(node: nodes.Node, where: str) -> None:
    # Texts are put together only where they are printed, because only there the size of the reply stops them.
    parts = [node, *node.find_all(nodes.Node)]
    if any(
        isinstance(part, nodes.Concat) or (isinstance(part, nodes.Filter) and part.name == "join") for part in parts
    ):
        raise RefusedError(node.lineno, f"{where} takes plain values; join texts where they are printed")


def _is_group(node: nodes.Node) -> bool:
    """Return whether this is a group of values inside a group: `ticket.fields`."""
    return (
        isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and (node.node.name, node.attr) in GROUPS
    )


def _is_list(node: nodes.Node | None) -> bool:
    if isinstance(node, nodes.List | nodes.Tuple):
        return len(node.items) <= MAX_LOOP and all(isinstance(item, nodes.Const | nodes.Name) for item in node.items)
    return (
        isinstance(node, nodes.Getattr)
        and isinstance(node.node, nodes.Name)
        and (node.node.name, node.attr) in LIST_FIELDS
    )


def _example(group: str) -> str:
    return f"{group}.{next(iter(CONTRACT[group]))}"


def _said(kind: str) -> str:
    words = {
        "Call": "a call", "Include": "include", "Import": "import", "FromImport": "import", "Extends": "extends",
        "Block": "block", "Macro": "macro", "CallBlock": "call", "FilterBlock": "a filter block", "With": "with",
        "AssignBlock": "a set block", "Mul": "*", "Pow": "**", "Add": "+", "Sub": "-", "Div": "/", "FloorDiv": "//",
        "Mod": "%", "Dict": "a dictionary", "Slice": "a slice",
    }  # fmt: skip
    return words.get(kind, kind)
