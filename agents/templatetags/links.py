"""Links from templates of this app and the base to pages that apps above have registered."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from agents import navigation

register = template.Library()


@register.simple_tag
def linked(name: str, *args: Any) -> str:
    """The address of the page registered under this name."""
    return reverse(navigation.linked(name), args=args)
