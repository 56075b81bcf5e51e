"""What the administration shows of the models."""

from django.contrib import admin

from . import models


class ProductAdmin(admin.ModelAdmin):
    list_display = ("name", "price", "category")
    list_filter = ("category__name", "released")
    search_fields = ("name",)
    date_hierarchy = "released"


admin.site.register(models.Product, ProductAdmin)
admin.site.register([models.Category, models.Order])
