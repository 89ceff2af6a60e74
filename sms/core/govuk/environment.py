"""The Jinja2 environment of our pages: the GOV.UK macros, our filters, and no silent mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    DictLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    Undefined,
)
from markupsafe import Markup, escape

from sms.core.govuk import formats
from sms.core.govuk.banners import banner

MACROS = "govuk_frontend_jinja"

# The components that pages may call, each as a global: "date-input" is `govukDateInput({...})`.
# Their styles are listed in assets/sms.scss, in the same order.
COMPONENTS = (
    "skip-link",
    "generic-header",
    "service-navigation",
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


class MacroLoader(BaseLoader):
    """Loads the GOV.UK macros into an environment of their own.

    They ask for parameters that nobody gave, and expect silence. Our own templates are strict: there, a name
    that does not exist is an error.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        package = PrefixLoader({MACROS: PackageLoader(MACROS)})
        # Every component calls this macro for every element. In Python it takes a long form half the time.
        attributes = DictLoader(
            {f"{MACROS}/macros/attributes.html": "{% set govukAttributes = attributes_html %}"}
        )
        self.lenient = Environment(**options, loader=ChoiceLoader([attributes, package]), auto_reload=False)
        self.lenient.globals["attributes_html"] = attributes_html

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> Template:
        return self.lenient.get_template(name)


def environment(*, loader: BaseLoader, auto_reload: bool = False, **_: Any) -> Environment:
    """What Django's Jinja2 backend calls, with the folders of our templates in `loader`."""
    shared: dict[str, Any] = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    strict = Environment(
        **shared,
        loader=ChoiceLoader([loader, MacroLoader(shared)]),
        auto_reload=auto_reload,
        undefined=StrictUndefined,
    )
    strict.globals |= {"url": url, "static": static, "banner": banner}
    strict.globals |= {macro_name(component): macro(strict, component) for component in COMPONENTS}
    strict.filters |= {
        "date": formats.day,
        "moment": formats.moment,
        "pounds": formats.pounds,
        "sterling": formats.sterling,
        "number": formats.number,
    }
    return strict


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a view, by its name: `{{ url("cas", cas.pk) }}`."""
    return reverse(name, args=args, kwargs=kwargs)


def macro_name(component: str) -> str:
    return "govuk" + component.title().replace("-", "")


def macro(environment: Environment, component: str) -> Callable[..., Markup]:
    """The component's macro, compiled when a page first calls it."""
    path, name = f"{MACROS}/components/{component}/macro.html", macro_name(component)

    def call(*args: Any, **kwargs: Any) -> Markup:
        return getattr(environment.get_template(path).module, name)(*args, **kwargs)

    return call


def attributes_html(attributes: object) -> Markup:
    """What the macro `govukAttributes` writes: ` name="value"` for each.

    A value is the value itself, or {"value": …, "optional": True}: then True is written as the name alone,
    and None, False and what is undefined not at all.
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
