r"""Pages and forms in the GOV.UK design system: a guide for engineers who write a page.

Forms
-----
A form is a `GovukForm` with the fields of `sms.core.govuk.fields`. All form elements are drawn by these.

    class WithdrawForm(GovukForm):
        reason = RadiosField("Reason", choices=REASONS, required="Select the reason")
        details = LongTextField("Please give details", max_length=4000)

A long form whose fields are the same in every request can be a `KeptForm` (`sms.core.govuk.kept`), which draws them
several times as quickly.

`required` takes the sentence that is shown if the field is empty; without it, a field may stay empty. Other
sentences start with the label, or with `subject="Agent: Address line 1"` if the label alone is not clear enough. All
fields take `help_text`, `initial`, `label_size` ("s", "m", "l"), `attributes` (of the input) and
`group_attributes` (of the group around label and input).

    TextField(max_length, width, autocomplete, spellcheck, inputmode)    str
    LongTextField(max_length, rows)                                      str, with "\n" between lines
    PasswordField(autocomplete)                                          str
    NumberField(minimum, maximum, suffix)                                int or None
    MoneyField(maximum)                                                  Decimal (pounds) or None
    DateField()                                                          date or None
    SelectField(choices, blank), CountryField(choices, blank)            str
    RadiosField(choices, hints), CheckboxesField(choices, hints)         str, list of str
    YesNoField()                                                         True, False or None
    CheckboxField()                                                      bool
    HiddenField()                                                        str

The browser sends a date as `<name>_day`, `<name>_month` and `<name>_year`, and a yes or no as "yes" or "no".

A field that depends on other fields has conditions for static/sms.js in its `group_attributes`, as JSON: "data-asked"
(when it is shown) and "data-needed" (when it counts as missing if empty). The conditions are true, false,
{"is": [field, [values]]}, {"over": [field, limit]}, {"any_filled": [fields]}, {"all": [conditions]} and
{"any": [conditions]}. "data-answer" is a pattern of the texts that count as an answer, and "data-cleared" marks a field
that is emptied when it is saved while it is not asked. "data-unasked" marks what is not asked when the page is opened.
Without JavaScript, all fields are shown.

Pages
-----
A page extends `base.html`, or `govuk/form_page.html` if it consists of one form. Its view passes the form as `form`.

    {% extends "govuk/form_page.html" %}
    {% block back_link %}{{ govukBackLink({"href": url("cas", cas.pk)}) }}{% endblock %}
    {% block heading %}Withdraw CAS{% endblock %}
    {% block buttons %}{{ govukButton({"text": "Withdraw CAS"}) }}{% endblock %}

Blocks of base.html: `heading` is the h1 and the title, `body` the content below the h1, `page` both together, and
`title` a title that differs from the heading. `breadcrumbs` and `back_link` come above the h1, with their components.

Blocks of govuk/form_page.html: `before_form`, `fields` ({{ form }}; a page that draws the fields one by one must draw
the hidden ones too), `buttons`, `after_form`, `form_attributes`, and `columns`, the class of the column (two thirds by
default). A form that keeps drafts also gets its `draft` from the view: see licences/drafts.py.

A view answers with `render_form` of `sms.core.govuk.answers`, which sends 422 if the form has errors. `refused_to` of
`banners` answers a refusal without a form, and `nothing_selected` a list in which no record was selected.

The error summary, "Error: " in the title, and banners need no code. `{{ form }}` draws all fields, and
`{{ form.reason }}` draws one, with its label, hint and error. `messages.success` shows a green banner, and
`messages.error` a red one; `extra_tags=link("Undo", href)` of `sms.core.govuk.banners` adds a link to it.

Every GOV.UK component can be called without an import: `{{ govukTag({"text": cas.status}) }}`. Templates also have
`url(name, …)`, `static(path)`, the variable `csp_nonce`, and the filters `date`, `moment`, `pounds` (takes pence),
`sterling` (takes pounds), `number` and `name` (of a person, in `bdi`). Apps add functions with the hook `page_globals`
of `environment.py`, such as `label_of(name)` of `cas.columns`. A name that does not exist is an error: test it first,
with `x is defined`. `form.focus_only_field()` gives the focus to the only field of a page; its h1 has the id "heading".

The script
----------
A page must not move when its script arrives. The class `sms-with-script` hides an element in a browser without scripts,
and `sms-without-script` in any other, before anything is shown.

static/sms.js reads attributes. `data-copy="…"` on a button copies that text. Within a form, `data-section="slug"`
groups fields. The number of needed fields that are empty is written into
`data-section-count="slug"` and `data-total-count`, in the words of their `data-none`, `data-one` and `data-many`
("{count} fields left").
"""
