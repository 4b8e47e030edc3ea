from django.forms.renderers import TemplatesSetting
class PraxisFormRenderer(TemplatesSetting):
    pass
