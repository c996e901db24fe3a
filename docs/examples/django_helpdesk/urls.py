"""Where the pages are."""

from django.urls import path

from . import views

urlpatterns = [
    path("mentions", views.inbox),
    path("mentions/<str:mention>/answers", views.answer),
    path("mentions/<str:mention>/together", views.answer_together),
]
