"""Secrets that must be read again, such as mail passwords: encrypted with a key that lies in the data folder."""

import base64
from pathlib import Path

from sqlalchemy.orm import Session

from app.late import cryptography
from app.rules.choice import N_
from app.rules.errors import RuleError
from config import kept_secret

FILE = "vault.key"


def vault_of(session: Session) -> "Vault":
    """The vault of this session's application."""
    return session.info["vault"]()


class Vault:
    """Encrypts with the first key of `vault.key`, decrypts with any: put a new line on top to change keys.

    The file is made on first use, readable by its owner only; who loses it types the passwords again.
    """

    def __init__(self, folder: Path):
        keys = [base64.urlsafe_b64encode(bytes.fromhex(line)) for line in kept_secret(folder / FILE).split()]
        self._keys = cryptography.fernet.MultiFernet([cryptography.fernet.Fernet(key) for key in keys])

    def lock(self, text: str) -> str:
        """The text as a token that says nothing to who has not the key."""
        return self._keys.encrypt(text.encode()).decode()

    def unlock(self, token: str) -> str:
        """The text of a token. Raises RuleError where no key fits any more."""
        try:
            return self._keys.decrypt(token.encode()).decode()
        except cryptography.fernet.InvalidToken as error:
            raise RuleError(N_("The stored password can no longer be read; type it again"), field="password") from error
