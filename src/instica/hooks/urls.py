"""The door for marketplaces' webhooks."""

from __future__ import annotations

from django.urls import path

from instica.hooks import views

urlpatterns = [path("<slug:marketplace>/", views.receive, name="webhook")]
