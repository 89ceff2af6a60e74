"""Pages as a user sees them: headings, links, buttons, errors, and the values that a form would send."""

import re
from datetime import date
from functools import cached_property
from html import unescape

from sms.core.partial_dates import PartialDate

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

# The tests read thousands of pages. This takes a tenth of the time of html.parser, because it knows only the HTML that
# our templates write. Any other HTML fails the test.
TOKEN = re.compile(
    r"""<!--.*?--> | <!doctype[^>]*>
    | <(?P<raw>script|style)(?P<raw_attributes>(?:[^"'<>]+|"[^"]*"|'[^']*')*)>(?P<code>.*?)</(?P=raw)>
    | <(?P<tag>[a-z][a-z0-9-]*)(?P<attributes>(?:[^"'<>]+|"[^"]*"|'[^']*')*)>
    | </(?P<closed>[a-z][a-z0-9-]*)>
    | (?P<text>[^<]+)
    | (?P<stray><)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")


class Element:
    """An element of a page. `page` lists all its elements in order: the descendants of an element follow it."""

    def __init__(self, tag, written, page):
        self.tag = tag
        self.written = written  # its attributes, as HTML
        self.children = []
        self.page = page
        page.append(self)
        self.first = self.last = len(page)  # where its descendants begin, and where they end after it is closed

    @cached_property
    def attributes(self):
        found = ATTRIBUTE.findall(self.written)
        return {name.lower(): unescape("".join(values)) for name, *values in found}

    def __getitem__(self, name):
        return self.attributes.get(name, "")

    def __contains__(self, name):
        return name in self.attributes

    def walk(self):
        """Return the descendants, in the order of the page."""
        return self.page[self.first : self.last]

    def all(self, *tags, of=""):
        """Return the descendants with one of the tags, and with the class `of` if given."""
        return [
            element
            for element in self.walk()
            if (not tags or element.tag in tags)
            and (not of or (of in element.written and of in element["class"].split()))
        ]

    def one(self, *tags, of=""):
        (only,) = self.all(*tags, of=of)
        return only

    @property
    def raw_text(self):
        parts = (child if isinstance(child, str) else child.raw_text for child in self.children)
        return "".join(parts)

    @property
    def text(self):
        """The words, separated by single spaces. A line break counts as a space."""
        return " ".join(self.raw_text.split())

    def link(self, text):
        """Return the address of the only link with this text."""
        (address,) = {element["href"] for element in self.all("a") if element.text == text}
        return address

    def buttons(self, text):
        """Return the buttons with this text, including links that look like a button."""
        return [
            element
            for element in self.all("a", "button")
            if element.text == text and (element.tag == "button" or "govuk-button" in element["class"])
        ]

    @property
    def is_unavailable(self):
        """Return whether this is a button that can be reached but not used."""
        return self["aria-disabled"] == "true"

    def lines(self):
        """Return the key and the value of each line of the summary lists."""
        keys, values = self.all("dt"), self.all("dd")
        return [(key.text, value.text) for key, value in zip(keys, values, strict=True)]


def _read(html, root):
    """Read the elements of the page into its root. Fail unless tags close in the reverse order in which they opened."""
    open_ = [root]
    for token in TOKEN.finditer(html):
        match token.lastgroup:
            case "text":
                open_[-1].children.append(unescape(token["text"]))
            case "attributes":
                tag = token["tag"].lower()
                element = Element(tag, token["attributes"], root.page)
                open_[-1].children.append(element)
                if tag == "br":
                    element.children.append("\n")
                if tag not in VOID and not token["attributes"].endswith("/"):
                    open_.append(element)
            case "closed":
                closed = open_.pop()
                assert closed.tag == token["closed"].lower(), f"{token[0]} closes <{closed.tag}{closed.written}>"
                closed.last = len(root.page)
            case "code":
                element = Element(token["raw"].lower(), token["raw_attributes"], root.page)
                element.children.append(token["code"])
                open_[-1].children.append(element)
            case "stray":
                raise AssertionError(f"no tag: {html[token.start() : token.start() + 50]}")
    assert open_ == [root], f"never closed: {[element.tag for element in open_[1:]]}"
    root.last = len(root.page)


class Page(Element):
    """The page in an answer of the test client."""

    def __init__(self, response):
        assert response["Content-Type"] == "text/html; charset=utf-8", response["Content-Type"]
        super().__init__("", "", [])
        self.status = response.status_code
        self.html = response.content.decode()
        _read(self.html, self)

    @cached_property
    def ids(self):
        return [element["id"] for element in self.walk() if "id" in element]

    @property
    def title(self):
        return self.one("head").one("title").text  # pictures have titles of their own

    @property
    def h1(self):
        return self.one("h1").text

    @property
    def main(self):
        return self.one("main")

    def by_id(self, wanted):
        (only,) = [element for element in self.walk() if wanted in element.written and element["id"] == wanted]
        return only

    @property
    def summary(self):
        """The error summary: each sentence, with the address of its link."""
        return [(link.text, link["href"]) for box in self.all(of="govuk-error-summary") for link in box.all("a")]

    @property
    def banners(self):
        return [heading.text for heading in self.all(of="govuk-notification-banner__heading")]

    def error_of(self, name):
        """Return the error sentence of the field, or an empty string."""
        found = [element for element in self.walk() if element["id"] == f"id_{name}-error"]
        return found[0].text.removeprefix("Error:").strip() if found else ""

    def form(self, action=""):
        """Return the only form that is posted to this address, or else the only form that asks it for a page.

        "" means the page's own address.
        """
        found = [form for form in self.all("form") if form["action"] == action]
        (only,) = [form for form in found if form["method"] == "post"] or found
        return only

    def typed(self, action=""):
        """Return the values that the browser would send, by name, without the CSRF token."""
        sent = dict(sent_by(self.form(action)))
        sent.pop("csrfmiddlewaretoken", "")
        return sent


def sent_by(form):
    """Yield the names and values that the browser would send, including the CSRF token."""
    for element in form.all("input", "select", "textarea"):
        name, kind = element["name"], element["type"]
        if not name or "disabled" in element:
            continue
        if element.tag == "textarea":
            yield name, re.sub(r"\A\n", "", element.raw_text)
        elif element.tag == "select":
            options = element.all("option")
            chosen = [option for option in options if "selected" in option] or options[:1]
            yield name, chosen[-1]["value"]
        elif kind not in {"radio", "checkbox"} or "checked" in element:
            yield name, element["value"]


def typed_in(values):
    """Return the parameters that a browser sends for these values of a CAS.

    A date has three parameters, and a Boolean is "yes" or "no".
    """
    return dict(_parameters(values))


def _parameters(values):
    for name, value in values.items():
        if isinstance(value, date | PartialDate):
            for part in ("day", "month", "year"):
                yield f"{name}_{part}", str(getattr(value, part) or "")
        elif isinstance(value, bool):
            yield name, "yes" if value else "no"
        else:
            yield name, str(value)
