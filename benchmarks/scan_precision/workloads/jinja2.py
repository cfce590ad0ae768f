"""A site of pages that extend a layout is compiled and rendered."""

import hashlib

from jinja2 import DictLoader, Environment, select_autoescape

LAYOUT = """<!doctype html><title>{% block title %}{% endblock %}</title>
{% macro field(name, value='', type='text') -%}<input type="{{ type }}" name="{{ name }}" value="{{ value|e }}">
{%- endmacro %}<nav>{% for href, text in navigation %}<a href="{{ href }}">{{ text }}</a>{% endfor %}</nav>
{% block body %}{% endblock %}<footer>{{ field('search') }}</footer>"""
PAGE = """{% extends 'layout.html' %}{% block title %}Page {{ number }} of {{ site }}{% endblock %}
{% block body %}<h1>{{ title|title }}</h1>{% for item in items if item.price > 10 %}
<li class="{{ loop.cycle('odd', 'even') }}">{{ loop.index }}. {{ item.name|upper|truncate(20) }}:
{{ '%.2f'|format(item.price) }}{% if item.tags %} ({{ item.tags|join(', ') }}){% else %} none{% endif %}</li>
{% endfor %}{% set total = items|sum(attribute='price') %}<b>{{ total|round(2) }}</b>
{% for group in items|groupby('kind') %}{{ group.grouper }}: {{ group.list|length }}{% endfor %}{% endblock %}"""
items = [
    {"name": f"<item> & {number}", "price": number * 1.5, "tags": ["new", "<b>"][: number % 3], "kind": number % 5}
    for number in range(120)
]
digest = hashlib.sha256()
pages = {f"page{number}.html": PAGE.replace("Page", f"Page {number}:") for number in range(25)}
environment = Environment(loader=DictLoader({"layout.html": LAYOUT, **pages}), autoescape=select_autoescape())
for _ in range(20):
    for number, name in enumerate(pages):
        page = environment.get_template(name)
        told = {"number": number, "site": "example", "title": "a title", "items": items}
        digest.update(page.render(navigation=[("/", "home"), ("/about", "about")], **told).encode())
print(digest.hexdigest())
