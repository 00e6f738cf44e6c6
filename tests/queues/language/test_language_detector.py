"""Naming the language of a message: right, sure only when right, and the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queues.language.detector import CONFLICT_CAP, CUT, detect
from queues.language.templates import KnownTexts

ROOT = Path(__file__).resolve().parents[3]
CLEAR = [
    ("Where is my order? I have been waiting for two weeks.", "en"),
    ("¿Dónde está mi pedido? Llevo dos semanas esperando.", "es"),
    ("q hago xfa, no me llega el codigo", "es"),
    ("Não consigo entrar na minha conta desde ontem.", "pt"),
    ("No puc entrar al meu compte des d'ahir, què faig?", "ca"),
    ("Non podo entrar na miña conta dende onte, que fago?", "gl"),
    ("Non riesco ad accedere al mio account da ieri.", "it"),
    ("Je n'arrive pas à me connecter depuis hier.", "fr"),
    ("Ich kann mich seit gestern nicht anmelden.", "de"),
    ("Saya tidak bisa masuk ke akun sejak kemarin.", "id"),
    ("Dünden beri hesabıma giriş yapamıyorum.", "tr"),
    ("Tôi không đăng nhập được từ hôm qua.", "vi"),
    ("昨日からログインできません。", "ja"),
    ("我从昨天起无法登录。", "zh"),
    ("어제부터 로그인할 수 없어요.", "ko"),
    ("Я не могу войти со вчерашнего дня.", "ru"),
    ("لا أستطيع تسجيل الدخول منذ أمس.", "ar"),
]
NOISE = [
    "",
    "  ",
    "👌",
    "!!",
    "554321",
    "https://example.com/a",
    "a.b@example.com",
    "ERR_404",
    "ORD-2023-118",
    "IMG_1.png",
]


@pytest.mark.parametrize(("text", "language"), CLEAR)
def test_a_clear_message_is_named_with_confidence(text: str, language: str) -> None:
    found = detect(text)
    assert found.language == language
    assert found.confidence >= CUT


@pytest.mark.parametrize(
    "text",
    [
        *NOISE,
        "qwerty",
        "asdf asdf",
        "asdfghjkl",
        "qwe asd zxc",
        "jjjjj",
        "k",
        "(ツ)",
        "iPhone 14 Pro Max",
        "Windows 11",
    ],
)
def test_noise_has_no_language(text: str) -> None:
    assert detect(text).language == "und"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Я не можу увійти до свого облікового запису з вчорашнього дня.", "uk"),
        ("Jag kan inte logga in på mitt konto sedan igår kväll.", "sv"),
        ("Nie mogę się zalogować na swoje konto od wczoraj wieczorem.", "pl"),
        ("Δεν μπορώ να συνδεθώ στον λογαριασμό μου.", "el"),
        ("Не мога да вляза в акаунта си от вчера вечерта, помогнете.", "bg"),
        ("از دیروز نمی‌توانم وارد حساب کاربری‌ام شوم.", "fa"),
    ],
)
def test_languages_outside_the_model_come_from_the_open_world(text: str, language: str) -> None:
    found = detect(text, cut=0.0)
    assert (found.language, found.source) == (language, "langdetect")


@pytest.mark.parametrize("text", ["включи свет на кухне", "где мои деньги бро", "добавь молоко"])
def test_a_few_cyrillic_words_are_russian_where_no_letter_speaks_against_it(text: str) -> None:
    assert detect(text).language == "ru"


def test_a_script_is_asked_about_in_its_own_words_only() -> None:
    mail = "Ha recibido una consulta de la tienda de ayer\nГде мой заказ? Я жду его уже две недели."
    assert detect(mail, cut=0).best == "ru"


def test_letters_of_no_language_that_langdetect_knows_stay_unknown() -> None:
    assert detect("Мен кеше кештен бері аккаунтыма кіре алмай жүрмін, көмектесіңізші").language == "und"


def test_quoted_history_in_another_language_does_not_count() -> None:
    mail = (
        "Sigue sin funcionar, ¿qué más puedo hacer?\n\nOn 4 Mar 2025 at 9:12 Help <help@acme.example> wrote:\n\n"
        "> Hello,\n> thanks for reaching out. We are looking into this and will write back soon."
    )
    assert detect(mail).language == "es"


def test_below_the_cut_the_answer_is_und_but_the_guess_remains() -> None:
    unsure = detect("conta bloqueada", cut=0.999)
    assert unsure.language == "und"
    assert unsure.best in {"pt", "gl"}


@pytest.mark.parametrize("between", ["\n", " "])
def test_sentences_in_two_languages_cap_the_confidence(between: str) -> None:
    ours = "Wir schauen uns das gerade an und melden uns bald wieder."
    found = detect(f"I cannot log in to my account since yesterday.{between}{ours}")
    assert found.mixed
    assert found.confidence <= CONFLICT_CAP
    assert found.language == "und"


def test_known_texts_are_subtracted() -> None:
    ours = "Gracias por escribirnos. Estamos revisando tu caso y te responderemos en cuanto tengamos más información."
    mail = f"{ours}\nIt is still broken, please help me."
    assert detect(mail).mixed
    assert detect(mail, known_texts=KnownTexts([ours])).language == "en"
    assert detect(ours, known_texts=[ours]).language == "es"


def test_the_customers_earlier_language_helps_a_short_word_and_not_a_long_message() -> None:
    alone, returning = detect("ok perfecto", cut=0.0), detect("ok perfecto", customer_language="es", cut=0.0)
    assert returning.language == "es"
    assert returning.confidence >= alone.confidence
    long = "The app keeps crashing whenever I open my profile page on the phone"
    for language in ("es", "pt", "de", "gl"):
        assert detect(long, customer_language=language).language == "en"


@pytest.mark.parametrize(
    ("text", "earlier"), [("nie działa", "pl"), ("det fungerar inte", "sv"), ("tack så mycket", "sv")]
)
def test_a_few_words_of_another_language_are_the_customers(text: str, earlier: str) -> None:
    assert detect(text, customer_language=earlier).language == earlier
    assert detect(text).language == "und"
    assert detect("still waiting for you", customer_language=earlier).language == "en"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80) | st.lists(st.sampled_from([text for text, _ in CLEAR] + NOISE)).map("\n".join))
def test_any_text_gets_an_answer_and_always_the_same(text: str) -> None:
    found = detect(text)
    assert 0 <= found.confidence <= 1
    assert found.language == "und" or found.confidence >= CUT
    assert detect(text) == found


def test_threads_and_order_do_not_matter() -> None:
    texts = [text for text, _ in CLEAR] * 3
    alone = [detect(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(detect, reversed(texts)))
    assert together == alone[::-1]


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_every_process_says_the_same(seed: str) -> None:
    texts = [text for text, _ in CLEAR] + ["Jag kan inte logga in på mitt konto sedan igår kväll.", "conta bloqueada"]
    script = (
        "import sys; from queues.language.detector import detect; "
        "print([detect(t, cut=0) for t in eval(sys.stdin.read())])"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-X", "utf8", "-c", script]
    printed = subprocess.run(
        command, input=repr(texts), env=environment, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert printed.stdout.strip() == str([detect(text, cut=0) for text in texts])


def test_langdetect_is_not_loaded_for_the_languages_of_the_model() -> None:
    script = (
        "import sys; from queues.language.detector import detect; "
        "detect('hola a todos'); print('langdetect' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed == "False\n"


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("I need help con mi cuenta porque no puedo entrar", ("en", "es")),
        ("Hola, I cannot log in y no sé qué hacer, please help me", ("en", "es")),
        ("no me llega el reset password email", ()),
        ("me llegó el mail de welcome pero no el de verificación", ()),
        ("my friend Juan Carlos got banned too", ()),
    ],
)
def test_english_and_spanish_in_turns_are_said_to_be_mixed(text: str, mixed: tuple[str, ...]) -> None:
    assert detect(text).mixed == mixed
