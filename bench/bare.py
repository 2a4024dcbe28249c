"""A bare Flask route: what this machine and this load generator allow at best."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "hello"
