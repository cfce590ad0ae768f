"""Views with serializers are asked over a client of tests, with good and bad data."""

import hashlib

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="workload",
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
    ALLOWED_HOSTS=["testserver"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    REST_FRAMEWORK={"PAGE_SIZE": 50, "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination"},
)
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402  Django has to be set up first
from django.core.management import call_command  # noqa: E402
from rest_framework import routers, serializers, viewsets  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402


class GroupSerializer(serializers.ModelSerializer):
    """Of a group."""

    class Meta:
        """What is shown."""

        model = Group
        fields = ("id", "name")


class UserSerializer(serializers.ModelSerializer):
    """Of a user."""

    groups = GroupSerializer(many=True, read_only=True)
    full_name = serializers.SerializerMethodField()
    age = serializers.IntegerField(min_value=0, max_value=150, write_only=True, required=False)

    class Meta:
        """What is shown."""

        model = User
        fields = ("id", "username", "email", "first_name", "date_joined", "groups", "full_name", "age")
        read_only_fields = ("date_joined",)

    def get_full_name(self, user):
        """Return the whole name."""
        return user.get_full_name()

    def create(self, data):
        """Make a user."""
        data.pop("age", None)
        return User.objects.create(**data)


class Users(viewsets.ModelViewSet):
    """All users."""

    queryset = User.objects.prefetch_related("groups").order_by("id")
    serializer_class = UserSerializer
    permission_classes = ()


router = routers.DefaultRouter()
router.register("users", Users)
urlpatterns = router.urls
call_command("migrate", verbosity=0)
groups = [Group.objects.create(name=f"group {number}") for number in range(5)]
client = APIClient()
digest = hashlib.sha256()
for number in range(200):
    data = {"username": f"user{number}", "email": f"u{number}@example.org" if number % 4 else "wrong", "age": number}
    answer = client.post("/users/", data, format="json")
    digest.update(f"{answer.status_code} {sorted(answer.data)}".encode())
    if answer.status_code == 201:
        User.objects.get(pk=answer.data["id"]).groups.add(groups[number % 5])
for page in (1, 2, 1, 2, 1, 2, 1, 2):
    answer = client.get("/users/", {"page": page})
    digest.update(repr([(one["username"], one["groups"]) for one in answer.data["results"]]).encode())
for number in range(1, 100):
    digest.update(str(client.patch(f"/users/{number}/", {"first_name": "Ann"}, format="json").status_code).encode())
print(digest.hexdigest())
