"""Mails: the development mailbox, and a real SMTP server where one is set."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from app import create_app
from app.extensions import db
from app.jobs import drain, relay_engine
from app.mail import send
from app.tenancy import new_id
from app.web import Payvand
from tests.tenants.conftest import Visitor, sign_up_form


class Server:
    """A small SMTP server on a real socket that keeps what it is given."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.mails: list[EmailMessage] = []
        self.refuses = False

    def serve(self) -> None:
        while True:
            try:
                connection, _peer = self.listener.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        connection.sendall(b"220 test\r\n")
        for line in lines:
            word = line[:4].upper().strip()
            if word == b"DATA" and not self.refuses:
                connection.sendall(b"354 go on\r\n")
                self._keep(iter(lines.readline, b".\r\n"))
            if word == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            answer = b"451 later\r\n" if self.refuses and word == b"DATA" else b"250 fine\r\n"
            connection.sendall(answer)

    def _keep(self, lines: Iterator[bytes]) -> None:
        body = b"".join(line.removeprefix(b".") for line in lines)
        self.mails.append(message_from_bytes(body, policy=policy.default))


@contextmanager
def smtp() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.listener.shutdown(socket.SHUT_RDWR)
    server.listener.close()
    thread.join(5)


def _with_smtp(app: Payvand, server: Server) -> Payvand:
    url = f"smtp://127.0.0.1:{server.port}"
    settings = app.extensions["settings"]
    return create_app(replace(settings, smtp_url=url, mail_from="Payvand <crm@example.com>"))


def _ask(app: Payvand, recipient: str, language: str) -> None:
    with app.app_context():
        link = "https://crm.example.com/reset/abc"
        send(recipient, "reset", language, name="سارا", link=link)
        db.session.commit()
        drain()


def test_a_mail_goes_through_the_server_that_is_set(app: Payvand) -> None:
    recipient = f"{new_id()}@example.com"
    with smtp() as server:
        _ask(_with_smtp(app, server), recipient, "en")
    (mail,) = [mail for mail in server.mails if mail["To"] == recipient]
    assert mail["Subject"] == "Set a new password"
    assert mail["From"] == "Payvand <crm@example.com>"
    assert mail["Message-ID"].endswith("@example.com>")
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.iter_parts()
    assert "https://crm.example.com/reset/abc" in plain.get_content()
    assert 'href="https://crm.example.com/reset/abc"' in html.get_content()
    assert "سارا" in plain.get_content()


def test_a_persian_mail_reads_from_right_to_left(app: Payvand) -> None:
    recipient = f"{new_id()}@example.com"
    with smtp() as server:
        _ask(_with_smtp(app, server), recipient, "fa")
    html = list(server.mails[-1].iter_parts())[1].get_content()
    assert '<html lang="fa" dir="rtl">' in html


def test_a_mail_that_is_tried_again_keeps_its_id(app: Payvand) -> None:
    recipient = f"{new_id()}@example.com"
    with smtp() as server:
        mailing = _with_smtp(app, server)
        server.refuses = True
        _ask(mailing, recipient, "en")
        assert server.mails == []
        server.refuses = False
        with mailing.app_context():
            with relay_engine().begin() as connection:
                outbox_id = connection.execute(
                    text(
                        "UPDATE outbox SET due_at = now()"
                        " WHERE arguments->>'recipient' = :recipient RETURNING id"
                    ),
                    {"recipient": recipient},
                ).scalar_one()
            drain()
    assert [mail["Message-ID"] for mail in server.mails] == [f"<{outbox_id}@example.com>"]


def test_a_mail_is_not_sent_when_its_cause_did_not_happen(visitor: Visitor) -> None:
    assert visitor.post("/sign-up", **sign_up_form(visitor, slug="ab")).status_code == 422
    assert visitor.mails() == []


def test_the_mailbox_shows_mails_the_newest_first(visitor: Visitor) -> None:
    visitor.post("/sign-up", **sign_up_form(visitor))
    visitor.mails()
    page = visitor.get("/mailbox").text
    assert page.index(visitor.email) < page.index("</main>")
    first = page.split('href="/mailbox/')[1].split('"')[0]
    mail = visitor.get(f"/mailbox/{first}").text
    assert visitor.email in mail
    assert f'href="http://127.0.0.1:8000{visitor.link()}"' in mail


def test_the_mailbox_pages_through_older_mails(visitor: Visitor, owner_engine: Engine) -> None:
    with owner_engine.begin() as connection:
        for number in range(60):
            connection.execute(
                text(
                    "INSERT INTO mails (id, recipient, subject, text, html)"
                    " VALUES (:id, 'a@example.com', :subject, 't', 'h')"
                ),
                {"id": new_id(), "subject": f"Number {number:02}"},
            )
    page = visitor.get("/mailbox").text
    assert "Number 59" in page
    assert "Number 09" not in page
    older = page.split('href="/mailbox?before=')[1].split('"')[0]
    assert "Number 09" in visitor.get(f"/mailbox?before={older}").text
    assert visitor.get("/mailbox?before=nonsense").status_code == 200


@pytest.mark.parametrize(
    "changes", [{"smtp_url": "smtp://127.0.0.1:25"}, {"environment": "production"}]
)
def test_there_is_no_mailbox_in_production_or_with_a_server(
    app: Payvand, changes: dict[str, str]
) -> None:
    client = create_app(replace(app.extensions["settings"], **changes)).test_client()
    assert client.get("/mailbox").status_code == 404
    assert client.get(f"/mailbox/{new_id()}").status_code == 404
    assert "/mailbox" not in client.get("/").text
