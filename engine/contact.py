"""E-mail addresses and telephone numbers in the one form in which they are stored and compared."""

from __future__ import annotations

MAX_EMAIL = 200


def contact_of(text: str) -> tuple[str | None, str | None]:
    """(e-mail, None), (None, telephone) or (None, None) when the text is neither."""
    if "@" in text:
        return _email(text), None
    return None, _phone(text)


def _email(text: str) -> str | None:
    email = text.strip().lower()
    local, _, domain = email.rpartition("@")
    good = local and "." in domain.strip(".") and not any(each.isspace() for each in email)
    return email if good and len(email) <= MAX_EMAIL else None


def _phone(text: str) -> str | None:
    """Digits with the country code: "0812-3456-789" -> "628123456789"."""
    digits = "".join(each for each in text if each in "0123456789")
    digits = f"62{digits[1:]}" if digits.startswith("0") else digits
    return digits if digits.startswith("62") and 9 <= len(digits) <= 16 else None
