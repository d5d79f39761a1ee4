"""Addresses of the shop."""

from django.urls import path

from shop import views

urlpatterns = [
    path("orders/", views.orders),
    path("orders/joined/", views.joined),
    path("customers/<int:key>/", views.customer),
]
