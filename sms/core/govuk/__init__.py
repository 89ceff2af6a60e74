"""Pages and forms in the GOV.UK design system: a guide for whoever writes a page.

Forms
-----
A form is a `GovukForm` with the fields of `sms.core.govuk.fields`; nothing else draws a form element.

    class WithdrawForm(GovukForm):
        reason = RadiosField("Reason", choices=REASONS, required="Select the reason")
        details = LongTextField("Please give details", max_length=4000)

`required` takes the sentence that is shown when nothing was entered; without it a field may stay empty. Other
sentences start with the label, or with `subject="Home address line 1"` where a label alone is not enough. All
fields take `help_text`, `initial`, `label_size` ("s", "m", "l"), `attributes` (of the input) and
`group_attributes` (of the group around label and input).

    TextField(max_length, width, autocomplete, spellcheck, inputmode)    str
    LongTextField(max_length, rows)                                      str, with "\\n" between lines
    PasswordField(autocomplete)                                          str
    NumberField(minimum, maximum, suffix)                                int or None
    MoneyField(maximum)                                                  Decimal (pounds) or None
    DateField()                                                          date or None
    SelectField(choices, blank), CountryField(choices, blank)            str
    RadiosField(choices, hints), CheckboxesField(choices, hints)         str, list of str
    YesNoField()                                                         True, False or None
    CheckboxField()                                                      bool
    HiddenField()                                                        str

The browser sends a date as `<name>_day`, `<name>_month` and `<name>_year`, yes and no as "yes" and "no".

A field that depends on others says so to static/sms.js in its `group_attributes`: "data-asked" (when it is
shown) and "data-needed" (when it counts as missing while it is empty), as JSON. The conditions are true,
false, {"is": [field, [values]]}, {"is_not": [field, [values]]}, {"any_filled": [fields]}, {"all":
[conditions]} and {"any": [conditions]}. Without JavaScript everything is shown.

Pages
-----
A page extends `base.html`, or `govuk/form_page.html` if it is one form. Its view passes the form as `form`.

    {% extends "govuk/form_page.html" %}
    {% block back_link %}{{ govukBackLink({"href": url("cas", cas.pk)}) }}{% endblock %}
    {% block heading %}Withdraw CAS{% endblock %}
    {% block buttons %}{{ govukButton({"text": "Withdraw CAS"}) }}{% endblock %}

base.html: block `heading` is the h1 and the title, `body` what stands below the h1, `page` the two together,
`title` a title that is not the heading; `breadcrumbs` and `back_link` stand above, with their component.

govuk/form_page.html: blocks `before_form`, `fields` ({{ form }}; a page that draws them one by one draws the
hidden ones too), `buttons`, `after_form`, `form_attributes`, and `columns`, the class of the column, two
thirds. A form whose typing is kept gets its `draft` from the view as well: licences/drafts.py.

The error summary, "Error: " in the title, and banners come by themselves. `{{ form }}` draws all fields,
`{{ form.reason }}` one with its label, hint and error. `messages.success` makes a green banner,
`messages.error` a red one; `extra_tags=link("Undo", href)` of `sms.core.govuk.banners` adds a link to it.

Every GOV.UK component is there without an import: `{{ govukTag({"text": cas.status}) }}`. Templates also have
`url(name, …)`, `static(path)`, the variable `csp_nonce`, and the filters `date`, `moment`, `pounds` (of pence),
`sterling` (of pounds) and `number`. Apps add functions by the hook `page_globals` of `environment.py`, such as
`label_of(name)` of `cas.columns`. A name that does not exist is an error: ask first, with `x is defined`.

The script
----------
static/sms.js looks for attributes: `data-copy="…"` on a `hidden` button copies that text; within a form,
`data-section="slug"` groups fields, and the number of needed ones that are empty is written into
`data-section-count="slug"` and `data-total-count`, in the words of their `data-none`, `data-one` and `data-many`
("{count} fields left").
"""
