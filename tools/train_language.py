"""Build data/language_model.bin from open data; the same inputs always give the same bytes.

    python tools/train_language.py TRAIN_PACK.tsv WORDS_GL.txt [OUTPUT]

TRAIN_PACK.tsv has a sentence, its language and its source in three columns: sentences of the collections that NOTICE
names, each to be had under the address given there. WORDS_GL.txt has a Galician word and its count a line, as in
FrequencyWords (content/2018/gl/gl_50k.txt). The other word lists come with `pip install wordfreq`. Needs numpy and
scipy too, at build time only. After a build, write the file's SHA-256 into NOTICE.
"""

from __future__ import annotations

import csv
import hashlib
import json
import lzma
import random
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import wordfreq
from scipy import sparse  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from queues.language.model import OTHER  # noqa: E402 - the project root is put on the path above
from queues.language.priors import log_priors  # noqa: E402
from queues.language.tokens import features, words  # noqa: E402

VERSION = "1"
LANGUAGES = ("en", "es", "pt", "ca", "gl", "it", "fr", "de", "id", "tr", "vi")
LABELS = (*LANGUAGES, OTHER)
OTHER_LANGUAGES = ("nl", "pl", "ro", "sv", "da", "nb", "fi", "cs", "hu", "fil", "sk", "sl", "sh", "lt", "is")
PHRASES = ROOT / "tools/language_phrases.tsv"
"""How people write to a support desk in a chat, written for this purpose."""
SOURCES = (Path(__file__), PHRASES, ROOT / "queues/language/tokens.py")
PSEUDO_TEXTS = 20_000
SENTENCE_TEXTS = 14_000
CANDIDATES = 260_000
PHRASE_TEXTS = 3_000
FEATURES = 105_000
FILE_LIMIT = 690 * 1024

Matrix = Any
Sample = tuple[list[str], int]


def script_hash() -> str:
    """Hash what decides the model's bytes besides the data."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()


def word_list(language: str, galician: Path) -> tuple[list[str], Any]:
    """Return words and their relative frequencies."""
    if language == "gl":
        rows = [line.split() for line in galician.read_text("utf-8").splitlines()]
        counted = {row[0]: float(row[1]) for row in rows if len(row) == 2}
    else:
        counted = {word: wordfreq.word_frequency(word, language) for word in wordfreq.top_n_list(language, 40_000)}
    kept = {
        word: count
        for word, count in counted.items()
        if words(word) == [word] and all("LATIN" in unicodedata.name(letter, "") for letter in word)
    }
    frequencies = np.array(list(kept.values()))
    return list(kept), frequencies / frequencies.sum()


def strip_accents(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.replace("ı", "i").replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def misspell(word: str, chance: random.Random) -> str:
    """Drop, double, swap or replace one letter."""
    if len(word) < 4:
        return word
    at = chance.randrange(len(word) - 1)
    match chance.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case 2:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :]


def roughen(tokens: list[str], chance: random.Random) -> list[str]:
    """Write as people do in a hurry: three texts in ten without accents, one word in twenty-five misspelled."""
    if chance.random() < 0.3:
        tokens = [strip_accents(token) for token in tokens]
    return [misspell(token, chance) if chance.random() < 0.04 else token for token in tokens]


def pseudo_texts(language: str, label: int, amount: int, galician: Path, chance: random.Random) -> list[Sample]:
    """Draw texts of 1 to 12 words, half by frequency, half flattened so that rarer words are met too."""
    names, frequencies = word_list(language, galician)
    flat = np.sqrt(frequencies) / np.sqrt(frequencies).sum()
    draw = np.random.default_rng(chance.randrange(2**32))
    lengths = [chance.choice((1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 12)) for _ in range(amount)]
    half = sum(lengths) // 2 + 1
    drawn = np.concatenate([draw.choice(len(names), half, p=frequencies), draw.choice(len(names), half, p=flat)])
    draw.shuffle(drawn)
    samples, at = [], 0
    for length in lengths:
        samples.append((roughen([names[row] for row in drawn[at : at + length]], chance), label))
        at += length
    return samples


def sentence_texts(sentences: list[str], label: int, amount: int, chance: random.Random) -> list[Sample]:
    """Draw sentences, half of them whole, half a window of 1 to 8 words."""
    samples = []
    for _ in range(amount):
        tokens = words(chance.choice(sentences))
        if chance.random() < 0.5 and tokens:
            start = chance.randrange(len(tokens))
            tokens = tokens[start : start + chance.randint(1, 8)]
        samples.append((roughen(tokens[:40], chance), label))
    return samples


def read_pack(path: Path) -> dict[str, list[str]]:
    """Return the sentences of each language that the model knows."""
    pack: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    with path.open(encoding="utf-8", newline="") as rows:
        for text, language, *_ in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            if language in pack and words(text):
                pack[language].append(text)
    return pack


def make_samples(pack: dict[str, list[str]], galician: Path, chance: random.Random) -> list[Sample]:
    samples: list[Sample] = []
    phrases = read_pack(PHRASES)
    for label, language in enumerate(LANGUAGES):
        samples += pseudo_texts(language, label, PSEUDO_TEXTS, galician, chance)
        samples += sentence_texts(pack[language], label, SENTENCE_TEXTS, chance)
        samples += sentence_texts(phrases[language], label, PHRASE_TEXTS, chance)
    for language in OTHER_LANGUAGES:
        samples += pseudo_texts(language, len(LANGUAGES), PSEUDO_TEXTS // 7, galician, chance)
    samples = [sample for sample in samples if sample[0]]
    chance.shuffle(samples)
    return samples


def candidates(samples: list[Sample]) -> list[str]:
    """Return the most frequent features of the samples."""
    tokens = Counter(token for sample, _ in samples for token in sample)
    counted: Counter[str] = Counter()
    for token, count in tokens.items():
        for feature in features(token):
            counted[feature] += count
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [feature for feature, count in ranked[:CANDIDATES] if count >= 6]


def matrix(samples: list[Sample], names: list[str]) -> Matrix:
    """Count the features of every sample, scaled as `Model.score` does."""
    column = {name: at for at, name in enumerate(names)}
    remembered: dict[str, tuple[Any, int]] = {}
    columns, pointers, scales = [], [0], []
    for tokens, _ in samples:
        total = found = 0
        for token in tokens:
            if token not in remembered:
                grams = features(token)
                hits = np.array([column[gram] for gram in grams if gram in column], dtype=np.int32)
                remembered[token] = (hits, len(grams))
            hits, grams_total = remembered[token]
            columns.append(hits)
            found += len(hits)
            total += grams_total
        pointers.append(pointers[-1] + found)
        scales.append(np.full(found, 1 / np.sqrt(max(total, 1)), dtype=np.float32))
    shape = (len(samples), len(names))
    return sparse.csr_matrix((np.concatenate(scales), np.concatenate(columns), np.array(pointers)), shape=shape)


def train(data: Matrix, labels: Any, epochs: int) -> Any:
    """Fit softmax weights with Adam over batches in a fixed order; return their mean over the second half of the way.

    The mean depends less on what came last than the weights themselves do (Polyak and Juditsky, 1992).
    """
    weights = np.zeros((data.shape[1], len(LABELS)), dtype=np.float32)
    first, second, total = np.zeros_like(weights), np.zeros_like(weights), np.zeros_like(weights)
    truth = np.eye(len(LABELS), dtype=np.float32)[labels]
    starts = range(0, data.shape[0], 4096)
    for epoch in range(epochs):
        rate = 0.05 * (1 - epoch / epochs)
        for step, start in enumerate(starts, epoch * len(starts) + 1):
            batch = data[start : start + 4096]
            error = shares(batch @ weights) - truth[start : start + 4096]
            slope = np.asarray(batch.T @ error, dtype=np.float32) / batch.shape[0] + 1e-7 * weights
            first += 0.1 * (slope - first)
            second += 0.01 * (slope * slope - second)
            weights -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-5)
            if 2 * epoch >= epochs:
                total += weights
    return total / (len(starts) * (epochs - (epochs + 1) // 2))


def shares(logits: Any) -> Any:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def select(data: Matrix, weights: Any, names: list[str]) -> list[str]:
    """Keep the features whose weights matter most over the samples."""
    weight = np.sqrt(np.asarray((data != 0).sum(axis=0)).ravel()) * weights.std(axis=1)
    best = np.argsort(-weight, kind="stable")[:FEATURES]
    return sorted(names[row] for row in best)


def confidence_facts(logits: Any, prior: Any, samples: list[Sample], names: set[str]) -> Any:
    """Return what confidence is computed from; `queues.language.confidence` computes the same."""
    ranked = np.sort((logits + prior)[:, : len(LANGUAGES)], axis=1)
    margin = np.minimum(ranked[:, -1] - ranked[:, -2], 12)
    length = np.log([min(len(tokens), 20) for tokens, _ in samples])
    known = [sum(features(token)[-1] in names for token in tokens) / len(tokens) for tokens, _ in samples]
    return np.column_stack([np.ones(len(samples)), margin, margin * length, length, known, shares(logits)[:, -1]])


def calibrate(facts: Any, right: Any, counts: Any) -> list[float]:
    """Fit a logistic regression by Newton's method with a light ridge; `counts` says how much each row counts."""
    fitted = np.zeros(facts.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-facts @ fitted))
        spread = (facts * (counts * chance * (1 - chance))[:, None]).T @ facts + 0.5 * np.eye(len(fitted))
        fitted += np.linalg.solve(spread, facts.T @ (counts * (right - chance)) - 0.5 * fitted)
    return [round(float(value), 4) for value in fitted]


def encode(names: list[str], weights: Any, calibration: list[float]) -> bytes:
    """Write the model file, with the finest weight step that fits the size limit."""
    joined = "\n".join(names).encode("utf-8")
    weights = weights - weights.mean(axis=1, keepdims=True)
    for step in np.arange(0.1, 3.0, 0.05):
        planes = (np.clip(np.round(weights / step), -127, 127) + 128).astype(np.uint8).T.tobytes()
        packed = lzma.compress(joined + planes, preset=9, format=lzma.FORMAT_XZ)
        if len(packed) <= FILE_LIMIT:
            break
    header = {
        "script": "tools/train_language.py",
        "version": VERSION,
        "script_sha256": script_hash(),
        "labels": LABELS,
        "step": round(float(step), 4),
        "feature_bytes": len(joined),
        "calibration": calibration,
    }
    return json.dumps(header).encode("utf-8") + b"\n" + packed


def build(pack_path: Path, galician: Path) -> bytes:
    """Train on nine sentences in ten, calibrate on the tenth, and return the file's bytes."""
    chance = random.Random(20)
    pack = read_pack(pack_path)
    kept = {language: [text for at, text in enumerate(texts) if at % 10] for language, texts in pack.items()}
    held = {language: texts[::10] for language, texts in pack.items()}
    samples = make_samples(kept, galician, chance)
    truth = np.array([label for _, label in samples])
    names = candidates(samples)
    data = matrix(samples, names)
    names = select(data, train(data, truth, 3), names)
    data = matrix(samples, names)
    weights = train(data, truth, 12)
    unseen: list[Sample] = []
    for label, language in enumerate(LANGUAGES):
        unseen += [sample for sample in sentence_texts(held[language], label, 1500, chance) if sample[0]]
    logits = matrix(unseen, names) @ weights
    prior = np.array(log_priors(LABELS))
    labels = np.array([label for _, label in unseen])
    right = (logits + prior)[:, : len(LANGUAGES)].argmax(axis=1) == labels
    for label, language in enumerate(LANGUAGES):
        print(f"{language}: unseen sentences and windows right {right[labels == label].mean():.4f}", file=sys.stderr)
    market = np.where(labels < 2, 4.0, 1.0)  # English and Spanish are the bulk of what a desk receives
    facts = confidence_facts(logits, prior, unseen, set(names))
    return encode(names, weights, calibrate(facts, right.astype(float), market))


def main() -> None:
    pack, galician, *output = (Path(argument) for argument in sys.argv[1:])
    target = output[0] if output else ROOT / "data/language_model.bin"
    target.write_bytes(build(pack, galician))
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
