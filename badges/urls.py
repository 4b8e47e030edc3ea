"""Addresses that stand in credentials: they are kept for as long as one of them is out there."""

from django.urls import URLPattern, path

from badges.views import api, files, older, published

urlpatterns: list[URLPattern] = [
    path(".well-known/jwks.json", published.key_set, name="badge-key-set"),
    path("badges/keys/<uuid:key_id>", published.key, name="badge-key"),
    path("badges/issuers/<slug:slug>", published.profile, name="badge-issuer"),
    path("badges/issuers/<slug:slug>/did.json", published.identity, name="badge-identity"),
    path("badges/issuers/<slug:slug>/status/<int:number>", published.status_list, name="badge-status-list"),
    path("badges/achievements/<uuid:achievement_id>", published.achievement, name="badge-achievement"),
    path(
        "badges/achievements/<uuid:achievement_id>/<int:number>/image.<str:file_format>",
        published.image,
        name="badge-image",
    ),
    path("badges/awards/<uuid:award_id>", files.award, name="badge-award"),
    path("badges/awards/<uuid:award_id>.<str:file_format>", files.download, name="badge-file"),
    path("badges/ob2/assertions/<uuid:award_id>", older.assertion, name="badge-ob2-assertion"),
    path("badges/ob2/assertions/<uuid:award_id>.png", older.picture, name="badge-ob2-picture"),
    path(
        "badges/ob2/assertions/<uuid:award_id>/personal",
        older.assertion,
        {"is_personal": True},
        name="badge-ob2-personal-assertion",
    ),
    path(
        "badges/ob2/assertions/<uuid:award_id>/personal.png",
        older.picture,
        {"is_personal": True},
        name="badge-ob2-personal-picture",
    ),
    path("badges/ob2/classes/<uuid:achievement_id>", older.badge_class, name="badge-ob2-class"),
    path("badges/ob2/issuers/<slug:slug>", older.issuer, name="badge-ob2-issuer"),
    path("ims/ob/v3p0/discovery", api.discovery, name="badge-api-discovery"),
    path("ims/ob/v3p0/credentials", api.credentials, name="badge-api-credentials"),
    path("ims/ob/v3p0/profile", api.profile, name="badge-api-profile"),
    path("badges/refresh/<str:token>", files.refresh, name="badge-refresh"),
]
