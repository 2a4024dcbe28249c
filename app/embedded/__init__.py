"""PostgreSQL and Valkey from their wheels, for the machine that has neither.

    with Servers(folder, durable=False) as servers:
        os.environ.update(servers.urls)

`python -m app.embedded` is what `bin/run` and `bin/flask` call.
"""

from app.embedded.errors import EmbeddedError
from app.embedded.servers import Servers

__all__ = ["EmbeddedError", "Servers"]
