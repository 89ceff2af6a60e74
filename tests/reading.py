"""Reading HTML in tests, without regard to white space and the order of attributes."""

import re
from html.parser import HTMLParser


class _Tokens(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_endtag(self, tag):
        self.found.append(f"/{tag}")

    def handle_data(self, data):
        if words := re.sub(r"\s+", " ", data).strip():
            self.found.append(words)


def tokens(html):
    """Return the tags, with attributes in alphabetical order, and the words between them."""
    parser = _Tokens()
    parser.feed(html)
    parser.close()
    return parser.found


def tag_with(html, text):
    """Return the first tag that contains `text`."""
    return next(tag for tag in re.findall(r"<[^>]*>", html) if text in tag)
