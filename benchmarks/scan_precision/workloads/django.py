"""Models are saved, asked for and shown in a template, and a form is checked; all in memory."""

import hashlib

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="workload",
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
django.setup()

from django import forms  # noqa: E402  Django has to be set up first
from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.core import serializers  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.models import Count, Q  # noqa: E402
from django.template import engines  # noqa: E402

PAGE = """{% for user in users %}<tr class="{% cycle 'odd' 'even' %}"><td>{{ user.username|upper }}</td>
<td>{{ user.email|default:"none"|truncatechars:20 }}</td><td>{% if user.is_staff and user.is_active %}staff{% endif %}
</td><td>{{ forloop.counter }}</td>{% for group in user.groups.all %}<td>{{ group.name }}</td>{% endfor %}
{% with name=user.get_full_name %}{{ name|title }}{% endwith %}</tr>{% endfor %}"""


class UserForm(forms.Form):
    """What a person types."""

    username = forms.CharField(max_length=30)
    email = forms.EmailField()
    age = forms.IntegerField(min_value=0, required=False)


call_command("migrate", verbosity=0)
groups = [Group.objects.create(name=f"group {number}") for number in range(10)]
users = User.objects.bulk_create(
    User(username=f"user{number}", email=f"user{number}@example.org", first_name="Ann", last_name=f"of {number}")
    for number in range(300)
)
for number, user in enumerate(users):
    user.groups.add(groups[number % 10])
digest = hashlib.sha256()
page = engines["django"].from_string(PAGE)
for _ in range(3):
    digest.update(page.render({"users": User.objects.prefetch_related("groups").order_by("username")}).encode())
busy = Group.objects.annotate(size=Count("user")).filter(Q(size__gt=5) | Q(name__startswith="x")).exclude(name="none")
digest.update(repr([(group.name, group.size) for group in busy.order_by("name")]).encode())
for user in User.objects.filter(username__contains="1")[:100]:
    user.is_staff = True
    user.save()
digest.update(serializers.serialize("json", Group.objects.order_by("name")).encode())
digest.update(repr(Permission.objects.values_list("codename", flat=True).order_by("codename")[:5]).encode())
for number in range(150):
    form = UserForm({"username": f"name{number}", "email": f"a{number}@example.org" if number % 3 else "wrong"})
    digest.update(repr((form.is_valid(), sorted(form.errors))).encode())
    digest.update(form.as_p().encode())
print(digest.hexdigest())
