"""Macro files that mean harm or are just odd, and a program that reads them under limits.

Run as a program with a folder: prints one JSON line a file, with how long reading and filling it took.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
from pathlib import Path

SECONDS = 1.0
MEGABYTES = 200

_FRONT = "+++\n{}\n+++\nHello"
_ASK = "+++\n[[asks]]\nname = 'a'\npattern = '''{}'''\n+++\nHello {{{{ a }}}}"

ATTRIBUTES = [
    "{{ ''.__class__.__mro__ }}",
    "{{ ''['__class__']['__base__'] }}",
    "{{ customer.__class__ }}",
    "{{ customer['__class__'] }}",
    "{{ customer.name.__class__ }}",
    "{{ customer.name['format'] }}",
    "{{ ticket.tags.append }}",
    "{{ ticket.tags.append('x') }}",
    "{{ customer.items() }}",
    "{{ customer.pop('name') }}",
    "{{ customer.get }}",
    "{{ self._TemplateReference__context }}",
    "{{ loop.__init__.__globals__ }}",
    "{% for t in ticket.tags %}{{ loop.cycle.__globals__ }}{% endfor %}",
    "{% for t in ticket.tags %}{{ loop.__class__ }}{% endfor %}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ lipsum(100000) }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ __builtins__ }}",
    "{{ __import__('os') }}",
    "{{ open('/etc/passwd').read() }}",
    "{{ customer.name|attr('__class__') }}",
    "{{ customer|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ customer.name|map(attribute='__class__')|list }}",
    "{{ ticket.tags|sum(attribute='__class__') }}",
    "{{ ticket.tags|groupby('__class__') }}",
    "{{ ticket.tags|selectattr('__class__') }}",
    "{{ ticket.tags|first|attr('x') }}",
    "{{ customer.name.upper() }}",
    "{{ agent.name.encode().decode('rot13') }}",
    "{{ (1).__class__ }}",
    "{{ ().__class__.__subclasses__() }}",
    "{{ [].__class__ }}",
    "{{ {}.__class__ }}",
    "{{ {'a': 1}|dictsort }}",
    "{{ customer.email.__getattribute__('x') }}",
    "{{ ticket['ta' ~ 'gs'] }}",
    "{{ ticket[language] }}",
    "{{ customer.\uff3f\uff3fclass\uff3f\uff3f }}",
    "{{ \uff43ustomer.name }}",
]
FORMATS = [
    "{{ '{0.__class__}'.format(customer) }}",
    "{{ '{0.__class__}'.format_map(customer) }}",
    "{{ '%s' % customer.name }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%1000000000s'|format(1) }}",
    "{{ 'a'|center(1000000000) }}",
    "{{ 'a'|indent(1000000000) }}",
    "{{ 'a'|replace('a', 'aaaaaaaaaa') }}",
    "{{ 'a'|ljust(99999999) }}",
    "{{ 'abc'|wordwrap(1) }}",
    "{{ ticket.tags|batch(1000000000) }}",
    "{{ ticket.tags|slice(1000000000) }}",
    "{{ 'x'|urlize(10**9) }}",
    "{{ customer|tojson }}",
    "{{ customer|pprint }}",
    "{{ customer|xmlattr }}",
    "{{ 'a'|safe }}",
    "{{ '<b>'|striptags }}",
    "{{ 5|random }}",
    "{{ 'a'|reverse }}",
    "{{ 'a'|list }}",
    "{{ 'ab'|join(customer.name) }}",
    "{{ customer.name|join('x') }}",
    "{{ ticket.tags|join(attribute='upper') }}",
    "{{ 'a'|default(**{'a': 1}) }}",
    "{{ 'a'|trim('a', 'b') }}",
    "{{ 'a'|truncate(1, True) }}",
]
GROWTH = [
    "{{ 9**9**9**9 }}",
    "{{ 2**99999999 }}",
    "{{ 'a'*999999999 }}",
    "{{ [0]*999999999 }}",
    "{{ 1/0 }}",
    "{{ 7%0 }}",
    "{{ 7//0 }}",
    "{{ -(-(-1)) }}",
    "{{ 1 + 1 }}",
    "{{ " + "9" * 19000 + " }}",
    "{{ 0x" + "f" * 19000 + " }}",
    "{{ 1e99999 }}",
    "{{ range(999999999)|list }}",
    "{% for i in range(99999999) %}x{% endfor %}",
    "{% for c in customer.name %}x{% endfor %}",
    "{% for a in ticket.tags %}" * 3 + "x" + "{% endfor %}" * 3,
    "{% for a in ticket.tags recursive %}{{ loop(ticket.tags) }}{% endfor %}",
    "{% for a, b in ticket.tags %}x{% endfor %}",
    "{% for a in [" + "1, " * 3000 + "] %}x{% endfor %}",
    "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
    "{% set x = [1, 1] %}" + "{% set x = [x, x] %}" * 30 + "{{ x }}",
    "{% set x %}aaaa{% endset %}{{ x }}",
    "{% set ns = namespace(x=1) %}{% set ns.x = 2 %}",
    "{% set a, b = 1, 2 %}",
    "{% set customer = 'x' %}",
    "{% for customer in ticket.tags %}x{% endfor %}",
    "{{ " + " ~ ".join(["customer.name"] * 2000) + " }}",
    "{{ " + " ~ ".join(["customer.name"] * 400) + " }}",
    "{% for t in ticket.tags %}" + "{{ customer.name }}" * 400 + "{% endfor %}",
    "{% for t in ['a', 'b', 'c'] %}" + "y" * 19000 + "{% endfor %}",
    "{% for t in [" + "'a'," * 50 + "] %}" + "y" * 19000 + "{% endfor %}",
    "{{ " + "(" * 9000 + "1" + ")" * 9000 + " }}",
    "{{ " + "[" * 9000 + "]" * 9000 + " }}",
    "{{ " + "not " * 4000 + "1 }}",
    "{{ 1" + " if 1 else 1" * 1500 + " }}",
    "{{ 1" + " == 1" * 3000 + " }}",
    "{{ 'a'" + "|upper" * 3000 + " }}",
    "{{ a" + ".b" * 9000 + " }}",
    "{{ a" + "[0]" * 6000 + " }}",
    "{% if 1 %}" * 1500 + "x" + "{% endif %}" * 500,
    "{% if ticket.tags %}x" + "{% elif ticket.id %}y" * 800 + "{% endif %}",
    "{% if 'a' in 'b' in 'c' in ticket.tags %}{% endif %}",
    "{{ 'a' 'b' " + "'c' " * 4000 + "}}",
    "{{ ticket.tags[0:999999999] }}",
    "{{ 'x'[::-1] }}",
    "{{ none }}",
    "{{ None ~ 'x' }}",
    "{{ true and ticket }}",
]
STATEMENTS = [
    "{% include '/etc/passwd' %}",
    "{% include 'hostile' %}",
    "{% include customer.name %}",
    "{% include ['a', 'b'] ignore missing %}",
    "{% import 'os' as os %}{{ os }}",
    "{% from 'a' import b with context %}",
    "{% extends 'a' %}",
    "{% extends self %}",
    "{% block a %}{{ self.a() }}{% endblock %}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% call customer.name() %}x{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% filter center(1000000000) %}x{% endfilter %}",
    "{% with a = customer %}{{ a }}{% endwith %}",
    "{% autoescape true %}x{% endautoescape %}",
    "{% do ticket.tags.clear() %}",
    "{% debug %}",
    "{% trans %}x{% endtrans %}",
    "{% trans count=9 %}x{% pluralize %}y{% endtrans %}",
    "{% break %}",
    "{% continue %}",
    "{% raw %}{{ 1 }}",
    "{% endraw %}",
    "{% if %}x{% endif %}",
    "{% else %}",
    "{% unknown %}",
    "{% for %}{% endfor %}",
    "{% for a in ticket.tags %}",
    "{{ unclosed",
    "{{ 'unclosed",
    "{# unclosed",
    "{%",
    "{{",
    "{{ }}",
    "{{ | }}",
    "{{ a..b }}",
    "{{ 'a' is callable }}",
    "{{ 'a' is sameas 'a' }}",
    "{{ customer is mapping }}",
    "{{ 'a' is filter }}",
    "{{ 'a' is defined(9) }}",
    "{{ gettext('x') }}",
    "{{ _('x') }}",
    "{{ super() }}",
    "{{ caller() }}",
    "{{ varargs }}{{ kwargs }}",
    "{{ await customer }}",
    "{{ lambda: 1 }}",
    "{{ [x for x in ticket.tags] }}",
    "{{ x := 1 }}",
    "{{ '\\N{NOTHING LIKE THIS}' }}",
    "{{ '\\U99999999' }}",
    "# for a in ticket.tags\nx\n# endfor",
    "${ customer.name } <% 1 %> #{ 1 }",
    "{{ customer.name }}" * 300,
    "{% raw %}" + "{{" * 5000 + "{% endraw %}",
    "{# " + "{#" * 5000 + " #}x",
    "{%" + " " * 19000 + "if 1 %}x{% endif %}",
    "{%-" * 5000,
    "{{ '\\ud800' }}",
    "{{ '\\x1b[31m' }}",
    "\x1b]0;title\x07\x9b31m plain escapes",
    "\u202eright to left\u2066\u200b hidden",
    "\x00 a null byte",
    "a\u0301" * 3000,
    " " * 20000,
    "\n" * 20000,
    "\t \u00a0\u2003",
    "=== en\n" * 3000,
    "".join(f"=== a{chr(97 + n % 26)}{chr(97 + n // 26)}\nx\n" for n in range(600)),
    "=== en\n=== es\nhola",
    "=== " + "x" * 5000 + "\nhello",
    "=== ../../etc\nhello",
]
FRONTS = [
    "+++\ntitle = 'x'\nno end",
    _FRONT.format("title = 'x'\ntitle = 'y'"),
    _FRONT.format("a = " + "[" * 9000 + "]" * 9000),
    _FRONT.format("a = " + "{a=" * 3000 + "1" + "}" * 3000),
    _FRONT.format(".".join("a" * 9000) + " = 1"),
    _FRONT.format("[" + ".".join("a" * 9000) + "]"),
    _FRONT.format("\n".join(f"[a.b{n}.c]" for n in range(1000))),
    _FRONT.format("title = " + "9" * 19000),
    _FRONT.format("title = 0x" + "f" * 19000),
    _FRONT.format("title = 1e" + "9" * 5000),
    _FRONT.format("title = 0000-99-99T99:99:99Z"),
    _FRONT.format("title = '" + "x" * 19000 + "'"),
    _FRONT.format('title = "\\u001b[31mred"'),
    _FRONT.format('title = "\\ud800"'),
    _FRONT.format("title = ['a']"),
    _FRONT.format("title = { en = 1 }"),
    _FRONT.format("__class__ = 'x'"),
    _FRONT.format("'' = 'x'"),
    _FRONT.format(" " * 19000 + "x = 1"),
    _FRONT.format("[actions]\nrun = 'rm -rf /'"),
    _FRONT.format("[actions]\nstatus = 'deleted'"),
    _FRONT.format("[actions]\nsnooze = '99999999999999999999w'"),
    _FRONT.format("[actions]\nsnooze = '-1d'"),
    _FRONT.format("[actions]\nescalate = 'team'"),
    _FRONT.format('[actions]\nadd_tags = ["\\u0000", "\\u001b[2J"]'),
    _FRONT.format("[[asks]]\nname = '__class__'"),
    _FRONT.format("[[asks]]\nname = 'customer'"),
    _FRONT.format("[[asks]]\nname = 'a b'"),
    _FRONT.format("[[asks]]\nname = 'loop'"),
    _FRONT.format("".join(f"[[asks]]\nname = 'a{n}'\n" for n in range(800))),
    _FRONT.format("[[asks]]\nname = 'a'\nkind = 'python'"),
    _FRONT.format("asks = " + "[" * 500 + "]" * 500),
    _FRONT.format("subject = '{{ 9**9**9 }}'"),
    _FRONT.format("subject = '''Bcc: a@b.example\r\nX: y'''"),
    _FRONT.format("attachments = ['/etc/passwd']"),
    _FRONT.format("attachments = ['../../../etc/passwd']"),
    "+++" * 6000,
    "+++\n+++\n+++\n+++",
]
PATTERNS = [
    "(a+)+$",
    "(a|a)*$",
    "(a|aa)+$",
    "(.*)(.*)(.*)(.*)(.*)x",
    "a*a*a*a*a*a*a*b",
    "a?" * 40 + "a" * 40,
    "(a|a)" * 40 + "b",
    "(a|b|c|ab|bc)" * 15,
    "(?:a{0,1}){99}",
    "((((((((((a*)*)*)*)*)*)*)*)*)*b",
    "(a)\\1\\1\\1",
    "(?P<x>a)(?P=x)",
    "(?<=a+)b",
    "(?x) # [\n (a|a)(a|a)",
    "(?=(a+))b",
    "a{99999999999999999999}",
    "a{1,65535}b{1,65535}c{1,65535}d{1,65535}",
    "(" * 900 + ")" * 900,
    "[",
    "[]a(b|c]+",
    "\\",
    "[\\",
    "(?i)(?i)a",
    "\\x61*" * 9,
]


def texts() -> dict[str, bytes]:
    """Return file name and content of every text of the collection."""
    groups = {
        "attribute": ATTRIBUTES,
        "format": FORMATS,
        "growth": GROWTH,
        "statement": STATEMENTS,
        "front": FRONTS,
        "pattern": [_ASK.format(pattern) for pattern in PATTERNS],
    }
    named = {
        f"{group}-{number:02}.j2": text.encode("utf-8", "surrogatepass")
        for group, found in groups.items()
        for number, text in enumerate(found)
    }
    return named | {
        "bytes-latin.j2": "señal".encode("latin-1"),
        "bytes-utf16.j2": "hello".encode("utf-16"),
        "bytes-utf7.j2": b"+AHsAew- 9**9 +AH0AfQ-",
        "bytes-random.j2": bytes(range(256)) * 8,
        "bytes-overlong.j2": b"\xc0\x80\xf8\x88\x80\x80\x80",
        "bytes-surrogate.j2": b"\xed\xa0\x80",
        "bytes-bom.j2": b"\xef\xbb\xbf+++\r\ntitle = 'x'\r\n+++\r\n=== en\r\nhi\r\n",
        "bytes-cr.j2": b"+++\rtitle = 'x'\r+++\r=== en\rhi\r",
        "bytes-two-boms.j2": b"\xef\xbb\xbf\xef\xbb\xbf=== en\nhi",
        "bytes-empty.j2": b"",
        "bytes-huge.j2": b"x" * 5_000_000,
        "bytes-odd-name\x1b[31m.j2": b"hi",
        "bytes-\u202e-name.j2": b"hi",
        "bytes-plus+name.j2": b"hi",
    }


def main() -> None:
    """Read and fill every file of the folder; the alarm and the memory limit end what goes on too long."""
    from data.errors import InputError
    from data.records.customers import Customer
    from data.records.tickets import Priority, Status, Ticket
    from macros.files.library import Verdict, check_paths
    from macros.files.macro_files import files_in
    from macros.filling.context import Context
    from macros.render import render

    folder = Path(sys.argv[1])
    ticket = Ticket(1, "mail", Status.OPEN, Priority.NORMAL, "x", 1, 0, 0, tags=("one",) * 50)
    context = Context(ticket, Customer(1, "N" * 500), "agent", 0)
    resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
    for path in files_in(folder):
        start = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SECONDS * 5)  # of the processor; the signal ends what hangs
        (verdict,) = check_paths([path])
        length = 0
        if verdict.macro is not None:
            try:
                length = len(render(verdict.macro, "en", context, {"a": "a" * 100}).text)
            except InputError as wrong:
                verdict = Verdict(path, None, 1, wrong.message)
        signal.setitimer(signal.ITIMER_PROF, 0)
        told = {
            "file": path.name,
            "accepted": verdict.accepted,
            "line": verdict.line,
            "reason": verdict.reason,
            "length": length,
            "seconds": time.process_time() - start,
        }
        print(json.dumps(told), flush=True)  # noqa: T201  # this is a program
    print(json.dumps({"megabytes": _most_memory()}))  # noqa: T201


def _most_memory() -> float:
    """The most memory that this program held, in MB; `ru_maxrss` would count that of who started it (proc(5))."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main()
