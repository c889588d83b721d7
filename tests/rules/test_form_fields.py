"""A field hides what the element of its form can do by that name from every script that looks at the page: axe ends."""

from django import forms
from django.urls import get_resolver

HIDES = {"matches", "closest", "attributes", "children", "tagName", "nodeName", "parentNode"}


def subclasses(of: type) -> set[type]:
    return {each for one in of.__subclasses__() for each in (one, *subclasses(one))}


def hiding() -> set[str]:
    assert get_resolver().url_patterns  # every page's module is loaded, and with it its forms
    found = (each for each in subclasses(forms.BaseForm) if hasattr(each, "base_fields"))
    return {each.__name__ for each in found if HIDES & set(each.base_fields)}


def test_no_field_hides_what_its_form_can_do():
    assert hiding() == set()


def test_planted_one_that_does_is_found():
    class Planted(forms.Form):
        matches = forms.CharField()

    assert hiding() == {"Planted"}
    del Planted.base_fields["matches"]  # it lives on for the tests that come after
