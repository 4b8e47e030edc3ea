"""Sign in to a running demo as Ada, with a browser that knows no JavaScript: ``sign_in.py <port>``."""

import re
import sys
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener


def main(port: str) -> None:
    """Open the sign-in page, choose Ada, and find her name on Today."""
    site = f"http://localhost:{port}"
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    expect("Sign in", browser.open(f"{site}/accounts/login/").read().decode())
    choices = browser.open(f"{site}/demo/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', choices)
    expect("ada@larkfield.example", choices)
    form = {"csrfmiddlewaretoken": token[1] if token else "", "email": "ada@larkfield.example"}
    expect("Ada", browser.open(f"{site}/demo/sign-in/", urlencode(form).encode()).read().decode())
    sys.stdout.write("Ada can sign in.\n")


def expect(text: str, page: str) -> None:
    """Return when the text is on the page.

    Raises:
        SystemExit: It is not.
    """
    if text not in page:
        raise SystemExit(f"{text!r} is missing from the page:\n{page[:2000]}")


if __name__ == "__main__":
    main(sys.argv[1])
