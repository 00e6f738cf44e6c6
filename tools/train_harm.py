"""Build data/harm_model.bin from the phrases in tools/routing_phrases/; the same inputs always give the same bytes.

    python tools/train_harm.py [OUTPUT]

Each file there has the phrases of one label, a line each, written for this purpose: `(one|another|)` is a choice,
`{slot}` one of the words below; `## label` opens lines of another label. Needs numpy and scipy, at build time only.
After a build, write the file's SHA-256 into NOTICE.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import random
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy import optimize, sparse  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from queues.routing.harm_features import BUCKETS, between, of_word, words_of  # noqa: E402
from queues.routing.harm_model import HARM, OTHERS  # noqa: E402

PHRASES = ROOT / "tools/routing_phrases"
LABELS = (*HARM, *OTHERS)
DEMO_TEXTS = ROOT / "data/demo_texts"
DEMO = {
    "underage_report": "underage", "hacked_account": "hacked", "locked_account": "locked", "login_code": "login-code",
    "payment": "payment", "crash": "crash", "ban_appeal": "appeal", "data_request": "data-request",
    "copyright": "copyright",
}  # fmt: skip
"""The demo's messages, and what they are about; those about harassment are of several kinds."""
SLOTS = {
    "young": [
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
        "11",
        "12",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "8",
        "9",
        "10",
        "11",
    ],
    "teen": ["13", "14", "15", "16", "17", "fourteen", "fifteen", "14", "15"],
    "joven": [
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
        "11",
        "12",
        "seis",
        "siete",
        "ocho",
        "nueve",
        "diez",
        "once",
        "doce",
        "8",
        "9",
        "10",
        "11",
    ],
    "adolescente": ["13", "14", "15", "16", "17", "catorce", "quince", "14", "15"],
    "oldage": ["35", "45", "52", "60", "67", "71", "80", "sixty", "48"],
    "num": ["2", "3", "4", "5", "7", "8", "9", "10", "11", "12", "14", "20", "100"],
    "childyear": ["2013", "2014", "2015", "2016", "2017", "2018"],
    "money": ["500 dollars", "300 euros", "200", "$100", "money", "bitcoin", "gift cards", "1000 bucks", "50 pounds"],
    "plata": [
        "500 dólares",
        "300 euros",
        "plata",
        "10 mil pesos",
        "dinero",
        "bitcoin",
        "200 soles",
        "tarjetas",
        "lana",
    ],
    "hours": ["one hour", "24 hours", "until tonight", "an hour", "two days", "until friday"],
    "horas": ["una hora", "24 horas", "hasta la noche", "dos días", "hasta el viernes"],
    "familyen": [
        "daughter",
        "son",
        "niece",
        "nephew",
        "little sister",
        "little brother",
        "granddaughter",
        "grandson",
        "kid",
        "stepson",
        "cousin",
    ],
    "familiaes": [
        "hija",
        "hijo",
        "sobrina",
        "sobrino",
        "hermanita",
        "hermanito",
        "nieta",
        "nieto",
        "nena",
        "nene",
        "hijastra",
        "ahijado",
        "prima",
    ],
    "person": [
        "friend",
        "best friend",
        "brother",
        "sister",
        "daughter",
        "son",
        "roommate",
        "student",
        "girl i follow",
        "guy i know",
        "cousin",
        "wife",
    ],
    "persona": [
        "amiga",
        "amigo",
        "hermano",
        "hermana",
        "hija",
        "hijo",
        "alumna",
        "compañera",
        "chica que sigo",
        "prima",
        "novio",
        "vecino",
    ],
}
FILLERS = (
    "hi",
    "hello",
    "please",
    "please help",
    "help",
    "help me",
    "hey",
    "hi team",
    "urgent",
    "pls",
    "thanks",
    "idk what to do",
    "hola",
    "ayuda",
    "por favor",
    "buenas",
    "urgente",
    "hola buenas tardes",
    "ayúdenme",
    "gracias",
    "no sé qué hacer",
    "oigan",
)
PER_LINE = 14
COPIES = 3
"""How often a line without choices is typed."""
WHOLE = 2.0
"""Its weight beside that of a line with choices."""
NONE = 2.0
"""How much more a text about none of it weighs."""
PENALTY = 2e-6
FEATURES = 60_000
CHOICE = re.compile(r"\(([^()]*)\)")
SLOT = re.compile(r"\{(\w+)\}")


def expanded(line: str, chance: random.Random) -> str:
    """Return one text of a line: a choice of each, a word for each slot."""
    while match := CHOICE.search(line):
        line = line[: match.start()] + chance.choice(match[1].split("|")) + line[match.end() :]
    text = SLOT.sub(lambda match: chance.choice(SLOTS[match[1]]), line)
    return re.sub(r"\s+([,.])", r"\1", re.sub(r" {2,}", " ", text)).strip(" ,")


def typed(text: str, chance: random.Random) -> str:
    """Return a text as people type it: sometimes without accents, with a slip, with a word in front or behind."""
    if chance.random() < 0.25:
        text = f"{chance.choice(FILLERS)} {text}"
    if chance.random() < 0.1:
        text = f"{text} {chance.choice(FILLERS)}"
    if chance.random() < 0.3 and len(text) > 12:
        at = chance.randrange(1, len(text) - 2)
        slips = (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        )
        text = chance.choice(slips)
    return text


def lines() -> list[tuple[str, str]]:
    """Return the label and the text of every line, in order."""
    result = []
    for path in sorted(PHRASES.glob("*.txt")):
        label = path.stem
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("## "):
                label = line[3:].strip()
            elif line.strip():
                result.append((label, line.strip()))
    for topic, label in DEMO.items():
        for line in (DEMO_TEXTS / f"{topic}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            result.append((label, f"{row['subject']}\n{row['text']}"))
    return result


def texts() -> tuple[list[str], list[int], list[int], list[float]]:
    """Return the texts to train on, their labels, the line that each comes from, and its weight."""
    chance = random.Random(7)
    rows: list[tuple[str, int, int, float]] = []
    for place, (label, line) in enumerate(lines()):
        plain = not CHOICE.search(line) and not SLOT.search(line)
        wanted = COPIES if plain else PER_LINE
        chosen = [line] * wanted if plain else sorted({expanded(line, chance) for _ in range(wanted * 2)})
        chance.shuffle(chosen)
        weight = (WHOLE if plain else 1.0) / len(chosen[:wanted])
        rows += [(typed(text, chance), LABELS.index(label), place, weight) for text in chosen[:wanted]]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows]


def matrix(samples: list[str]) -> Any:
    """Return the features of the texts, a row each, scaled as the model scales them."""
    data, columns, ends = [], [], [0]
    for text in samples:
        words = words_of(text)
        features = [feature for word in words for feature in of_word(word)] + between(words)
        places, counted = np.unique(np.array(features, dtype=np.int64), return_counts=True)
        columns.append(places)
        data.append(counted / np.sqrt(max(len(features), 1)))
        ends.append(ends[-1] + len(places))
    return sparse.csr_matrix((np.concatenate(data), np.concatenate(columns), ends), shape=(len(samples), BUCKETS))


def known(rows: Any, origin: Any) -> Any:
    """Return the features that at least two lines have, in order."""
    places = rows.tocoo()
    pairs = np.unique(np.stack([places.col, origin[places.row]]), axis=1)
    return np.nonzero(np.bincount(pairs[0], minlength=BUCKETS) >= 2)[0]


def fitted(rows: Any, labels: Any, weights: Any) -> tuple[Any, Any]:
    """Return the weights and biases of a softmax regression with an L2 penalty, by L-BFGS."""
    count, size = len(LABELS), rows.shape[1]
    truth = np.zeros((len(labels), count))
    truth[np.arange(len(labels)), labels] = 1
    turned = rows.T.tocsr()
    weights = weights / weights.sum()

    def loss(flat: Any) -> tuple[float, Any]:
        values, bias = flat[: size * count].reshape(size, count), flat[size * count :]
        logits = rows @ values + bias
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        shares /= shares.sum(axis=1, keepdims=True)
        cost = -(weights * np.log(shares[np.arange(len(labels)), labels] + 1e-12)).sum()
        cost += PENALTY / 2 * (values.ravel() @ values.ravel())
        miss = (shares - truth) * weights[:, None]
        return cost, np.concatenate([(turned @ miss + PENALTY * values).ravel(), miss.sum(axis=0)])

    start = np.zeros(size * count + count)
    answer = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 120}).x
    return answer[: size * count].reshape(size, count), answer[size * count :]


def script_hash() -> str:
    """Hash what decides the model's bytes."""
    sources = [Path(__file__), ROOT / "queues/routing/harm_features.py", ROOT / "queues/routing/word_sets.toml"]
    return hashlib.sha256(
        b"".join(path.read_bytes() for path in [*sources, *sorted(PHRASES.glob("*.txt"))])
    ).hexdigest()


def main(output: Path) -> None:
    samples, labels, origin, line_weights = texts()
    numbers, weights = np.array(labels), np.array(line_weights)
    share = np.bincount(numbers, weights=weights, minlength=len(LABELS))
    balance = weights * np.sqrt(share.mean() / share)[numbers]
    balance *= np.where(numbers == LABELS.index("none"), NONE, 1.0)
    rows = matrix(samples)
    kept = known(rows, np.array(origin))
    values, bias = fitted(rows[:, kept].tocsr(), numbers, balance)
    strongest = np.sort(np.argsort(-np.abs(values).max(axis=1), kind="stable")[:FEATURES])
    values, kept = values[strongest], kept[strongest]
    # a few large values would cost the others their precision
    step = float(np.quantile(np.abs(values), 0.9999) / 127)
    whole = np.clip(np.rint(values / step), -127, 127).astype(np.int16)
    planes = (whole.T + 128).astype(np.uint8).tobytes()
    body = np.diff(kept, prepend=0).astype("<u4").tobytes() + planes
    packed = lzma.compress(body, format=lzma.FORMAT_XZ, preset=9 | lzma.PRESET_EXTREME)
    header = {"labels": LABELS, "bias": [round(float(value), 4) for value in bias], "step": step,
              "features": len(kept), "source": script_hash()}  # fmt: skip
    output.write_bytes(json.dumps(header).encode() + b"\n" + packed)
    size, digest = output.stat().st_size / 1024, hashlib.sha256(output.read_bytes()).hexdigest()
    print(f"{len(samples)} texts, {len(kept)} features, {size:.0f} KiB, sha256 {digest}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data/harm_model.bin")
