"""Names of products and labels of numbers: the same in every language, so that a message of nothing else has none."""

from __future__ import annotations

from collections.abc import Sequence

_NAMES = """
android iphone ipad ipados ios macos macbook imac airpods windows linux ubuntu samsung galaxy pixel xiaomi redmi poco
huawei oppo realme oneplus nokia motorola xperia lenovo thinkpad chromebook google chrome firefox whatsapp telegram
facebook messenger instagram tiktok twitter youtube netflix spotify discord twitch snapchat paypal mastercard amex
bizum stripe microsoft outlook gmail hotmail yahoo icloud playstation xbox nintendo skype amazon alexa roku fitbit
id ref url http https ip apk sku iban cvv otp
"""
_BESIDE = """
pro max plus mini ultra lite se note air watch tab fold flip apple sony lg edge opera safari visa zoom teams office
excel word switch steam honor vivo moto mac home play store app wifi bluetooth nfc usb vpn pdf sms pin gps gb mb kb
version v x xl xr xs
"""
_PRODUCTS = frozenset(_NAMES.split())
_WITH_THEM = frozenset(_BESIDE.split()) | _PRODUCTS
"""What belongs to such a name; without the name it counts as a word of a language."""


def only_products(tokens: Sequence[str]) -> bool:
    """Return whether the words are such names and what belongs to them."""
    return any(token in _PRODUCTS for token in tokens) and all(token in _WITH_THEM for token in tokens)
