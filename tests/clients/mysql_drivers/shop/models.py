"""A model for each kind of field and relation that MySQL has something to say about."""

import datetime

from django.db import models


class Category(models.Model):
    name = models.CharField(max_length=80, unique=True)


class Product(models.Model):
    name = models.CharField(max_length=120, db_index=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    details = models.JSONField(default=dict, blank=True)
    picture = models.BinaryField(default=b"", editable=False)
    weight = models.FloatField(default=0)
    stock = models.PositiveIntegerField(default=0)
    released = models.DateField(default=datetime.date(2026, 1, 1))
    lasts = models.DurationField(default=datetime.timedelta(days=1))
    made = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["-price", "category"], name="by_price")]
        constraints = [
            models.CheckConstraint(check=models.Q(price__gte=0), name="price_not_negative"),
            models.UniqueConstraint(fields=["name", "category"], name="once_a_category"),
        ]


class Order(models.Model):
    customer = models.CharField(max_length=100)
    products = models.ManyToManyField(Product)
    note = models.TextField(blank=True)
    token = models.UUIDField(null=True)
