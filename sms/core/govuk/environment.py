"""The Jinja2 environment of our pages, with the GOV.UK macros and our filters. Unknown names are errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from functools import cache
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    ChoiceLoader,
    DictLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    Undefined,
    select_autoescape,
)
from markupsafe import Markup, escape

from sms.core.govuk import formats
from sms.core.govuk.banners import banner
from sms.core.hooks import Hook

MACROS = "govuk_frontend_jinja"

# The components that pages may call, each as a global: "date-input" is `govukDateInput({...})`.
# Their styles are listed in assets/sms.scss, in the same order.
COMPONENTS = (
    "skip-link",
    "back-link",
    "breadcrumbs",
    "notification-banner",
    "error-summary",
    "error-message",
    "fieldset",
    "hint",
    "label",
    "input",
    "textarea",
    "character-count",
    "password-input",
    "select",
    "radios",
    "checkboxes",
    "date-input",
    "file-upload",
    "button",
    "details",
    "inset-text",
    "warning-text",
    "panel",
    "tag",
    "table",
    "summary-list",
    "task-list",
    "pagination",
)


# Called once. Return functions by name, which all our pages can then call.
page_globals: Hook[[], Mapping[str, Any]] = Hook()


class FlatEnvironment(Environment):
    """An environment with one dictionary of globals for all templates, because Jinja would often copy it."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals


class MacroEnvironment(FlatEnvironment):
    """The environment of the GOV.UK macros, separate from our own templates.

    The macros read parameters that were not given, which must not be an error; in our own templates an unknown name is
    an error. The macros also indent their texts, which would change a text of several lines: here they do not.
    """

    def __init__(self, **options: Any) -> None:
        # Every component calls this macro for every element. Python does it in half the time for a long form.
        attributes = DictLoader({f"{MACROS}/macros/attributes.html": "{% set govukAttributes = attributes_html %}"})
        package = PrefixLoader({MACROS: PackageLoader(MACROS)})
        loader = ChoiceLoader([attributes, package])
        super().__init__(**options, loader=loader, auto_reload=False, undefined=ChainableUndefined)
        self.globals["attributes_html"] = attributes_html
        self.filters["indent"] = lambda text, *_: text


class MacroLoader(BaseLoader):
    """A loader that gives our templates the macros, which stay in their own environment."""

    def __init__(self, macros: MacroEnvironment) -> None:
        self.macros = macros

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> Template:
        return self.macros.get_template(name)


def environment(*, loader: BaseLoader, auto_reload: bool = False, **_: Any) -> Environment:
    """Return the environment, for Django's Jinja2 backend. `loader` finds our own templates.

    Values are escaped, except in the plain text of emails (`*.txt`).
    """
    escapes = select_autoescape(disabled_extensions=["txt"], default=True, default_for_string=True)
    shared: dict[str, Any] = {"autoescape": escapes, "trim_blocks": True, "lstrip_blocks": True}
    macros = MacroEnvironment(**shared)
    ours = FlatEnvironment(
        **shared,
        loader=ChoiceLoader([loader, MacroLoader(macros)]),
        auto_reload=auto_reload,
        undefined=StrictUndefined,
    )
    ours.globals |= {"url": url, "static": static, "banner": banner}
    for names in page_globals():
        ours.globals |= names
    ours.globals |= {macro_name(component): macro(macros, component) for component in COMPONENTS}
    ours.filters |= {
        "date": formats.day,
        "moment": formats.moment,
        "pounds": formats.pounds,
        "sterling": formats.sterling,
        "number": formats.number,
        "name": formats.Name,
    }
    return ours


def url(name: str, *args: object, **kwargs: object) -> str:
    """Return the address of the view with this name.

    A page writes `{{ url("cas", cas.pk) }}`.
    """
    return reverse(name, args=args, kwargs=kwargs)


def macro_name(component: str) -> str:
    return "govuk" + component.title().replace("-", "")


def macro(macros: MacroEnvironment, component: str) -> Callable[..., Markup]:
    """Return the component's macro, which is compiled when a page first calls it."""

    @cache
    def compiled() -> Callable[..., Markup]:
        module = macros.get_template(f"{MACROS}/components/{component}/macro.html").module
        return getattr(module, macro_name(component))

    return lambda *args, **kwargs: compiled()(*args, **kwargs)


def attributes_html(attributes: object) -> Markup:
    """Return the attributes as HTML, as the macro `govukAttributes` does: ` name="value"` for each.

    A value is the value itself, or {"value": …, "optional": True}. If it is optional, True is written as the name
    alone, and None, False and undefined values are left out.
    """
    if isinstance(attributes, str):
        return Markup(attributes)
    if not isinstance(attributes, Mapping):
        return Markup()
    html = []
    for name, given in attributes.items():
        value, is_optional = given, False
        if isinstance(given, Mapping):
            value, is_optional = given.get("value"), given.get("optional") is True
        elif isinstance(given, bool):
            value = str(given).lower()
        if is_optional and value is True:
            html.append(f" {escape(name)}")
        elif not is_optional or not (value is None or value is False or isinstance(value, Undefined)):
            html.append(f' {escape(name)}="{escape("" if value is None else value)}"')
    return Markup("".join(html))
