"""Secrets at rest: encrypted in the database, with a key that lies outside of it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from socialdesk.errors import ConfigError

__all__ = ["Vault"]

ENVIRONMENT = "SOCIALDESK_SECRET_KEY"


class Vault:
    """Encrypts and decrypts text. Several keys may be given, the first one encrypts: that is how keys are rotated.

    ``source`` says in words where the keys come from.
    """

    def __init__(self, keys: tuple[str, ...], source: str = "given by the program") -> None:
        self.source = source
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise ConfigError(
                f"A secret key is not 32 bytes in URL-safe base64. `socialdesk doctor --new-key` makes one; give "
                f"it as {ENVIRONMENT}."
            ) from None

    @classmethod
    def open(cls, given: str | None, key_file: Path | None, *, lasts: bool = False) -> Vault:
        """The keys given, else those in the environment, else the key file, which is made where it is not there.

        Without any of them, as for a database in memory, the key lives as long as the process; where the database
        ``lasts`` that is a ConfigError.
        """
        named = given or os.environ.get(ENVIRONMENT)
        if named:
            keys = tuple(key.strip() for key in named.split(",") if key.strip())
            return cls(keys) if given else cls(keys, f"from the environment ({ENVIRONMENT})")
        if key_file is None and lasts:
            raise ConfigError(
                f"A desk in PostgreSQL needs a secret key, the same for all of its processes. `socialdesk doctor "
                f"--new-key` makes one; keep it outside of the database, and give it as {ENVIRONMENT}."
            )
        if key_file is None:
            return cls((new_key(),), "of this process alone")
        try:
            return cls((_read_or_make(key_file),), f"from the file {key_file}")
        except OSError as error:
            raise ConfigError(
                f"The desk's key file {key_file} cannot be read or made: {error.strerror}. "
                f"Make its folder first, or give a key as {ENVIRONMENT}."
            ) from None

    def lock(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def unlock(self, locked: str) -> str:
        """Raises ConfigError where none of the keys fits."""
        try:
            return self._fernet.decrypt(locked.encode()).decode()
        except InvalidToken:
            raise ConfigError(
                f"The desk's secrets were encrypted with another key. Give the right one as {ENVIRONMENT}, "
                "or connect the accounts again."
            ) from None


def new_key() -> str:
    """A new random key."""
    return Fernet.generate_key().decode()


def _read_or_make(path: Path) -> str:
    """The key in the file. Two processes that make it at the same time end with the same one."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(new_key() + "\n")
        with contextlib.suppress(FileExistsError):  # another process was quicker: its key is the key
            os.link(fresh, path)
        fresh.unlink()
        return path.read_text().strip()
