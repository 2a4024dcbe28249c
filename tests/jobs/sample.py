"""Jobs for the tests of the job machinery; real workers import them by their dotted names."""

from __future__ import annotations

import os
import time
from pathlib import Path

from app.crm.contacts.models import Contact
from app.extensions import db
from app.jobs import JobFailed, job


@job
def add_contact(name: str) -> None:
    db.session.add(Contact(name=name))


@job
def add_contact_slowly(name: str, started: str, seconds: float) -> None:
    """Adds, tells the test its process id, and stays in the middle of the transaction."""
    db.session.add(Contact(name=name))
    db.session.flush()
    with Path(started).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    if len(Path(started).read_text(encoding="ascii").split()) == 1:
        time.sleep(seconds)


@job
def stumble(log: str, times: int) -> None:
    """Fails as often as told, then works."""
    with Path(log).open("a", encoding="ascii") as file:
        file.write("x")
    if len(Path(log).read_text(encoding="ascii")) <= times:
        raise RuntimeError("stumbled")


@job
def refuse(name: str) -> None:
    db.session.add(Contact(name="must not stay"))
    db.session.flush()
    raise JobFailed(f"{name} cannot be done.")


@refuse.on_failure
def tell(sentence: str, name: str) -> None:
    db.session.add(Contact(name=name, note=sentence))
