"""Generated subjects, names and addresses: what customers write, and what an attacker would."""

from __future__ import annotations

from random import Random

SPANISH = [
    "pedido",
    "número",
    "envío",
    "¿dónde",
    "está",
    "niña",
    "señor",
    "«cita»",
    "—",
    "(urgente)",
    "n.º",
    "4711",
    "12/2026",
    "Málaga",
    "Núñez",
    "más",
    "de",
    "la",
]
RUSSIAN = [
    "Здравствуйте",
    "заказ",
    "номер",
    "не",
    "пришёл",
    "деньги",
    "возврат",
    "пожалуйста",
    "когда",
    "доставка",
    "ёлка",
    "№7",
]
JAPANESE = ["注文番号", "届きません", "いつ", "返金", "パスワード", "お願いします", "株式会社", "山田", "太郎", "①"]
HOSTILE = [
    "=?utf-8?q?a=0D=0ABcc:_evil=40x.example?=", "=?utf-8?b?DQpCY2M6IGV2aWxAeC5leGFtcGxl?=",
    "=?utf-8?q?a?= =?utf-8?q?b?=", "=?iso-2022-jp?B?GyRC?=", "=?", "?=", "\r\nBcc: e@x.example", "\x00", "\x1b[31m",
    "utf-8''%0D%0ABcc%3A", "name*=utf-8''x", "\u2028", "\t", "\ud800", "a" * 150, "🎉", "e\u0301", "שלום", "<x@y>", '"',
    "\\", ",", ";", ":", "(c)",
]  # fmt: skip
_LOCALS = [
    "ana",
    "taro..y",
    ".x",
    "x.",
    '"a b"',
    "a+b",
    "o'neil",
    '"q\\"q"',
    '"b\\\\s"',
    '"a@b"',
    "x" * 60,
    '"a,b"',
    '"<>"',
]
_DOMAINS = ["x.example", "señor.example", "日本語.example", "fuß.example", "x.example.", "я.example", "sub.x.example"]


class Samples:
    """The same values for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)

    def words(self, most: int) -> str:
        """Return up to so many words of one language, some of them not meant as words."""
        pool = self._chance.choice([SPANISH, RUSSIAN, JAPANESE, SPANISH + HOSTILE, RUSSIAN + HOSTILE, HOSTILE])
        blank = self._chance.choice([" ", " ", "  ", ""])
        return blank.join(self._chance.choice(pool) for _ in range(self._chance.randint(0, most)))

    def address(self) -> str:
        """Return an address that some mail really bears."""
        return f"{self._chance.choice(_LOCALS)}@{self._chance.choice(_DOMAINS)}"
