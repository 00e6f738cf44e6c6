"""`tridesk detect`: lines in, languages out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from tui.cli.detect import detect


def test_json_lines_keep_their_other_keys() -> None:
    lines = '{"id": 7, "text": "no me llega el codigo"}\n\n{"text": "👌", "a": [1]}\n'
    result = CliRunner().invoke(detect, ["--json"], input=lines)
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["id"], first["language"]) == (7, "es")
    assert set(first) == {"id", "language", "confidence", "mixed"}
    assert second == {"a": [1], "language": "und", "confidence": 0.0, "mixed": []}
    assert result.exit_code == 0


def test_a_bad_line_is_named_and_the_rest_is_answered() -> None:
    lines = b'not json\n{"text": 3}\n[1]\n\xff\xfe\n{"id": 1, "text": "where is my order please", "s": "\\ud800"}\n'
    result = CliRunner().invoke(detect, ["--json"], input=lines)
    assert [f"Line {number} " in result.stderr for number in (1, 2, 3, 4, 5)] == [True, True, True, True, False]
    assert json.loads(result.stdout) == {
        "id": 1,
        "s": "\ud800",
        "language": "en",
        "confidence": json.loads(result.stdout)["confidence"],
        "mixed": [],
    }
    assert result.exit_code == 1


def test_plain_lines() -> None:
    result = CliRunner().invoke(detect, [], input="where is my order please\n¿dónde está mi pedido?\n")
    assert [json.loads(line)["language"] for line in result.stdout.splitlines()] == ["en", "es"]


def test_templates_are_ignored_inside_messages(tmp_path: Path) -> None:
    ours = "Gracias por escribirnos. Estamos revisando tu caso y te responderemos pronto."
    line = json.dumps({"text": f"{ours}\nIt is still broken, please help me."})
    for name, content in (("a.jsonl", json.dumps({"text": ours})), ("a.txt", f"Hello Ana\n\n{ours}\n")):
        file = tmp_path / name
        file.write_text(content, encoding="utf-8")
        result = CliRunner().invoke(detect, ["--json", "--templates", str(file)], input=line)
        assert json.loads(result.stdout)["language"] == "en"


def test_a_bad_template_file_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"text": 1}', encoding="utf-8")
    result = CliRunner().invoke(detect, ["--templates", str(file)], input="hola\n")
    assert result.exit_code == 1
    assert "Line 1" in result.stderr


def test_each_answer_comes_before_the_next_line_and_without_textual() -> None:
    script = "import sys; from tui.cli.detect import detect; assert 'textual' not in sys.modules; detect()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text, language in (("where is my order please", "en"), ("no me llega el codigo", "es")):
            process.stdin.write(text + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["language"] == language
        process.stdin.close()
    assert process.returncode == 0


def test_the_cut_decides_between_a_guess_and_not_knowing() -> None:
    line = json.dumps({"text": "refund"})
    wary = json.loads(CliRunner().invoke(detect, ["--json", "--cut", "1"], input=line).output)
    bold = json.loads(CliRunner().invoke(detect, ["--json", "--cut", "0"], input=line).output)
    assert (wary["language"], bold["language"]) == ("und", "en")


def test_lines_may_be_longer_than_what_is_read_at_once_and_the_last_may_have_no_end() -> None:
    lines = [{"id": n, "text": "where is my order please " * n} for n in (1, 6000, 2)]
    given = "\n".join(json.dumps(line) for line in lines)
    answers = [json.loads(line) for line in CliRunner().invoke(detect, ["--json"], input=given).stdout.splitlines()]
    assert [(one["id"], one["language"]) for one in answers] == [(1, "en"), (6000, "en"), (2, "en")]
