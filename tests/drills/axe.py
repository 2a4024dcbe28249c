"""Every page in every language, theme and width: bin/drill axe.

Prints JSON; exits 1 on any fault."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.access import faults, looks, workspaces
from tests.house import House


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="payvand-axe-") as folder:
        with House(Path(folder)) as house, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                args=["--no-sandbox", "--disable-background-networking"],
            )
            furnished = workspaces(house)
            looked = list(looks(house, furnished, every=True))
            found = [one for look in looked for one in faults(house, browser, look, furnished)]
            browser.close()
    report = {"drill": "axe", "looks": len(looked), "faults": found}
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
