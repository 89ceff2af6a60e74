"""The templates of our forms. The admin's forms keep Django's."""

from django.forms.renderers import TemplatesSetting


class GovukRenderer(TemplatesSetting):
    form_template_name = "govuk/form.html"
    field_template_name = "govuk/fields/text.html"
