"""A signed-in person over plain HTTP, as a browser without scripts would be."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tests.cast import Member

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when nothing did."""

    status: int
    text: str
    location: str


class Visitor:
    """Keeps cookies and the form token; one connection for each request."""

    def __init__(self, url: str, cookies: dict[str, str]) -> None:
        parts = urlsplit(url)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self.cookies = dict(cookies)
        self.token = ""

    @classmethod
    def signed_in(cls, url: str, member: Member, cookie: str) -> Visitor:
        carried = member.client.get_cookie(cookie)
        assert carried is not None
        return cls(url, {cookie: carried.value})

    def get(self, path: str, timeout: float = 30) -> Answer:
        return self._send("GET", path, None, timeout)

    def post(self, path: str, form: dict[str, object], timeout: float = 30) -> Answer:
        """Send a form with the token of the last form that `take_token` looked at."""
        body = urlencode({"csrf_token": self.token, **form})
        return self._send("POST", path, body, timeout)

    def take_token(self, path: str) -> None:
        found = TOKEN.search(self.get(path).text)
        assert found, f"{path} shows no form."
        self.token = found[1]

    def _send(self, method: str, path: str, body: str | None, timeout: float) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return Answer(0, "", "")
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, text, answer.headers.get("Location", ""))
