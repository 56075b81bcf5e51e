"""A Django project on one database: migrations, the ORM, the admin.

Run by mysql_drivers_test.py with the name of the driver; the database is in DATABASE_HOST, _PORT, _USER, _PASSWORD,
_NAME, and the application is the folder `shop` beside this file. Ends with status 0 if everything held.
"""

import datetime
import decimal
import os
import pathlib
import sys
import tempfile
import threading

import django
from django.conf import settings

FOLDER = pathlib.Path(__file__).resolve().parent


def configure(migrations):
    sys.path[:0] = [str(FOLDER), str(migrations)]
    if sys.argv[1] == "pymysql":
        import pymysql

        pymysql.version_info = (2, 2, 1, "final", 0)  # what Django asks of MySQLdb
        pymysql.install_as_MySQLdb()
    settings.configure(
        SECRET_KEY="of a test",
        ALLOWED_HOSTS=["*"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.mysql",
                "HOST": os.environ["DATABASE_HOST"].replace("localhost", "127.0.0.1"),
                "PORT": os.environ["DATABASE_PORT"],
                "USER": os.environ["DATABASE_USER"],
                "PASSWORD": os.environ["DATABASE_PASSWORD"],
                "NAME": os.environ["DATABASE_NAME"],
                "OPTIONS": {"charset": "utf8mb4"},
            }
        },
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "shop",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        ROOT_URLCONF="shop.urls",
        STATIC_URL="/static/",
        USE_TZ=True,
        TIME_ZONE="Europe/Berlin",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MIGRATION_MODULES={"shop": "shop_migrations"},
    )
    django.setup()


def migrate():
    from django.core.management import call_command
    from django.db import connection

    call_command("makemigrations", "shop", verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("migrate", "--check", verbosity=0)  # ends the process if something is left
    call_command("check", "--database", "default")
    with connection.cursor() as cursor:
        tables = {table.name for table in connection.introspection.get_table_list(cursor)}
        assert {"shop_product", "shop_order", "auth_user", "django_session"} <= tables, tables
        constraints = connection.introspection.get_constraints(cursor, "shop_product")
        assert constraints["price_not_negative"]["check"], constraints
        assert any(one["foreign_key"] == ("shop_category", "id") for one in constraints.values()), constraints


def use_models():
    from django.db import IntegrityError, models, transaction
    from django.db.models import Avg, Count, Exists, F, OuterRef, Q, Subquery, Sum, Window
    from django.db.models.functions import Coalesce, Concat, Lower, RowNumber, TruncMonth
    from django.utils import timezone
    from shop.models import Category, Order, Product

    toys, books = (Category.objects.create(name=name) for name in ("Toys", "Books"))
    now = timezone.now()
    Product.objects.bulk_create(
        Product(
            name=f"Thing {number}",
            category=toys if number % 2 else books,
            price=decimal.Decimal(number) + decimal.Decimal("0.50"),
            details={"color": "red" if number % 3 else "blue", "sizes": [number]},
            picture=bytes([number]),
            weight=number / 2,
            released=datetime.date(2026, 1 + number % 12, 1),
            lasts=datetime.timedelta(days=number, microseconds=5),
        )
        for number in range(1, 41)
    )
    assert Product.objects.count() == 40
    first = Product.objects.get(name="Thing 1")
    assert first.price == decimal.Decimal("1.50") and first.details == {"color": "red", "sizes": [1]}
    assert bytes(first.picture) == b"\x01" and first.lasts == datetime.timedelta(days=1, microseconds=5)
    assert first.released == datetime.date(2026, 2, 1) and abs(first.made - now) < datetime.timedelta(minutes=5)
    assert Product.objects.filter(details__color="blue").count() == 13
    assert Product.objects.filter(details__sizes__contains=[7]).count() == 1
    assert Product.objects.filter(name__icontains="THING 2", price__gte=20).count() == 10
    assert Product.objects.filter(name__regex=r"^Thing [12]$").count() == 2
    assert Product.objects.filter(Q(category__name="Toys") & ~Q(price__lt=30)).count() == 5
    by_category = Category.objects.annotate(n=Count("product"), mean=Avg("product__price")).order_by("name")
    assert [(one.name, one.n, one.mean) for one in by_category] == [("Books", 20, decimal.Decimal("21.5")), ("Toys", 20, decimal.Decimal("20.5"))]
    months = Product.objects.annotate(month=TruncMonth("released")).values("month").annotate(sum=Sum("price")).order_by("month")
    assert len(months) == 12 and months[0]["month"] == datetime.date(2026, 1, 1)
    stamped = Product.objects.annotate(month=TruncMonth("made")).values_list("month", flat=True)[0]
    assert stamped.day == 1 and stamped.tzinfo is not None
    ranked = Product.objects.annotate(place=Window(RowNumber(), partition_by=F("category"), order_by=F("price").desc()))
    assert ranked.order_by("-price")[0].place == 1
    Product.objects.filter(category=toys).update(price=F("price") * 2)
    assert Product.objects.get(name="Thing 1").price == decimal.Decimal("3.00")
    dearest = Product.objects.filter(category=OuterRef("pk")).order_by("-price").values("name")[:1]
    assert Category.objects.annotate(top=Subquery(dearest)).get(name="Toys").top == "Thing 39"
    assert Category.objects.filter(Exists(Product.objects.filter(category=OuterRef("pk"), price__gt=70))).count() == 1
    labels = Product.objects.annotate(label=Concat(Lower("name"), models.Value("!"))).order_by("id").values_list("label", flat=True)
    assert labels[0] == "thing 1!"

    order = Order.objects.create(customer="Zoë ☃")
    order.products.set(Product.objects.order_by("id")[:3])
    order.products.add(first)
    assert order.products.count() == 3
    assert list(Order.objects.prefetch_related("products").get().products.values_list("name", flat=True)) == ["Thing 1", "Thing 2", "Thing 3"]
    assert Product.objects.select_related("category").get(pk=first.pk).category.name == "Toys"
    made, is_new = Category.objects.get_or_create(name="Toys")
    assert not is_new and made == toys
    Category.objects.bulk_create([Category(name="Toys"), Category(name="Games")], ignore_conflicts=True)
    assert Category.objects.count() == 3
    for broken in (
        lambda: Category.objects.create(name="Toys"),
        lambda: Product.objects.create(name="Bad", category=toys, price=-1),
        lambda: Product.objects.create(name="Bad", category_id=999, price=1),
    ):
        try:
            with transaction.atomic():
                broken()
        except (IntegrityError, django.db.utils.OperationalError):
            continue
        raise AssertionError("nothing refused it")
    try:
        with transaction.atomic():
            Product.objects.all().delete()
            with transaction.atomic():
                Category.objects.create(name="inner")
            raise RuntimeError("never mind")
    except RuntimeError:
        assert Product.objects.count() == 40 and Category.objects.count() == 3
    total = Order.objects.aggregate(total=Coalesce(Sum("products__price"), decimal.Decimal(0)))["total"]
    assert total == decimal.Decimal("12.50"), total
    union = Product.objects.filter(price__lt=3).values_list("name").union(Product.objects.filter(price__gt=70).values_list("name"))
    assert len(union) == 4, list(union)
    assert [one.name for one in Product.objects.raw("SELECT * FROM shop_product WHERE price > %s", [75])] == ["Thing 39"]
    toys.delete()
    assert Product.objects.count() == 20


def lock_rows():
    """Two threads count in one row; neither loses a count."""
    from django.db import connection, transaction
    from shop.models import Product

    product = Product.objects.order_by("id").first()

    def count():
        try:
            for _ in range(20):
                with transaction.atomic():
                    locked = Product.objects.select_for_update().get(pk=product.pk)
                    locked.stock += 1
                    locked.save(update_fields=["stock"])
        finally:
            connection.close()

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    product.refresh_from_db()
    assert product.stock == 40, product.stock


def use_admin():
    from django.contrib.auth.models import Group, Permission, User
    from django.test import Client
    from shop.models import Product

    User.objects.create_superuser("root", "root@example.com", "secret")
    assert Permission.objects.filter(content_type__app_label="shop").count() == 12
    Group.objects.create(name="staff").permissions.set(Permission.objects.all()[:5])
    client = Client()
    assert client.login(username="root", password="secret")
    for page in ("", "shop/", "shop/product/", "shop/product/?q=Thing&category__name=Books", "shop/product/?o=-2", "auth/user/", "auth/group/"):
        answer = client.get(f"/admin/{page}")
        assert answer.status_code == 200, (page, answer.status_code)
    product = Product.objects.order_by("id").first()
    form = {"name": "Changed", "category": product.category_id, "price": "9.99", "details": "{}", "weight": "1.5", "stock": "3"}
    form.update({"released": "2026-05-06", "lasts": "01:00:00"})
    answer = client.post(f"/admin/shop/product/{product.pk}/change/", form)
    assert answer.status_code == 302, answer.content[-3000:].decode()
    product.refresh_from_db()
    assert (product.name, product.price) == ("Changed", decimal.Decimal("9.99"))
    assert client.get(f"/admin/shop/product/{product.pk}/history/").status_code == 200
    answer = client.post(f"/admin/shop/product/{product.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302 and not Product.objects.filter(pk=product.pk).exists()


def change_schema():
    from django.core.management import call_command
    from django.db import connection, models
    from shop.models import Category, Product

    with connection.schema_editor() as editor:
        renamed = models.CharField(max_length=200, db_index=True, default="x")
        renamed.set_attributes_from_name("title")
        editor.alter_field(Product, Product._meta.get_field("name"), renamed)
        added = models.SlugField(null=True)
        added.set_attributes_from_name("slug")
        editor.add_field(Category, added)
        editor.remove_field(Category, added)
        editor.alter_field(Product, renamed, Product._meta.get_field("name"))
    call_command("flush", interactive=False, verbosity=0)
    assert Product.objects.count() == 0
    call_command("migrate", "shop", "zero", verbosity=0)
    with connection.cursor() as cursor:
        assert not {table.name for table in connection.introspection.get_table_list(cursor)} & {"shop_product", "shop_order"}


def main():
    with tempfile.TemporaryDirectory() as folder:
        package = pathlib.Path(folder) / "shop_migrations"
        package.mkdir()
        (package / "__init__.py").touch()
        configure(folder)
        for part in (migrate, use_models, lock_rows, use_admin, change_schema):
            part()


main()
