"""What stops the machine from running, as one sentence for the person at the terminal."""

from __future__ import annotations


class EmbeddedError(Exception):
    """A sentence that says what is wrong and what to do; `exit_code` is for the shell."""

    def __init__(self, sentence: str, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
