"""The pages of accounts share one blueprint."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
