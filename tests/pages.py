"""Pages as a person finds them: headings, links, buttons, errors, and what a form would send."""

import re
from datetime import date
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Element:
    def __init__(self, tag, attributes):
        self.tag = tag
        self.attributes = attributes
        self.children = []

    def __getitem__(self, name):
        return self.attributes.get(name, "")

    def __contains__(self, name):
        return name in self.attributes

    def walk(self):
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, *tags, of=""):
        """The elements below with one of the tags; `of` is a class that they have."""
        return [
            element
            for element in self.walk()
            if (not tags or element.tag in tags) and (not of or of in element["class"].split())
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
        """The words, with single spaces. A line break parts them as a space does."""
        return " ".join(self.raw_text.split())

    def link(self, text):
        """The address of the one link with this text."""
        (address,) = {element["href"] for element in self.all("a") if element.text == text}
        return address

    def buttons(self, text):
        """The buttons with this text, links that look like one included."""
        return [
            element
            for element in self.all("a", "button")
            if element.text == text and (element.tag == "button" or "govuk-button" in element["class"])
        ]

    def lines(self):
        """What the summary lists say: each line's key with its value."""
        keys, values = self.all("dt"), self.all("dd")
        return [(key.text, value.text) for key, value in zip(keys, values, strict=True)]


class _Tree(HTMLParser):
    """Fails for tags that are not closed in the order in which they were opened."""

    def __init__(self):
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)
        elif tag == "br":
            element.children.append("\n")

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}> at {self.getpos()}"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


class Page(Element):
    """What an answer of the test client shows."""

    def __init__(self, response):
        assert response["Content-Type"] == "text/html; charset=utf-8", response["Content-Type"]
        super().__init__("", {})
        self.status = response.status_code
        self.html = response.content.decode()
        tree = _Tree()
        tree.feed(self.html)
        tree.close()
        assert tree.open == [tree.root]
        self.children = tree.root.children
        self.ids = [element["id"] for element in self.walk() if "id" in element]

    @property
    def title(self):
        return self.one("title").text

    @property
    def h1(self):
        return self.one("h1").text

    @property
    def main(self):
        return self.one("main")

    def by_id(self, wanted):
        (only,) = [element for element in self.walk() if element["id"] == wanted]
        return only

    @property
    def summary(self):
        """The error summary: each sentence with the address of its link."""
        return [(link.text, link["href"]) for box in self.all(of="govuk-error-summary") for link in box.all("a")]

    @property
    def banners(self):
        return [heading.text for heading in self.all(of="govuk-notification-banner__heading")]

    def error_of(self, name):
        """The sentence beside the field; "" when there is none."""
        found = [element for element in self.walk() if element["id"] == f"id_{name}-error"]
        return found[0].text.removeprefix("Error:").strip() if found else ""

    def form(self, action=""):
        """The one form of the page that goes to this address; "" is the page's own."""
        (only,) = [form for form in self.all("form") if form["action"] == action]
        return only

    def typed(self, action=""):
        """What the browser would send of the form, by name, its token apart."""
        sent = dict(sent_by(self.form(action)))
        sent.pop("csrfmiddlewaretoken", "")
        return sent


def sent_by(form):
    """What the browser would send of a form: names and values, its token included."""
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
    """What a browser sends for these values of a CAS: dates in three boxes, answers as "yes" and "no"."""
    return dict(_parameters(values))


def _parameters(values):
    for name, value in values.items():
        if isinstance(value, date):
            yield f"{name}_day", str(value.day)
            yield f"{name}_month", str(value.month)
            yield f"{name}_year", str(value.year)
        elif isinstance(value, bool):
            yield name, "yes" if value else "no"
        else:
            yield name, str(value)
