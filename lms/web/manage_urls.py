"""Addresses below /manage/, all of them for administrators."""

from django.urls import URLPattern, path

from lms.web.views.manage import (
    audit,
    awarding,
    awards,
    credential_rules,
    credentials,
    enroll,
    issuer_keys,
    issuers,
    jobs,
    messages,
    overview,
    people,
    person_address,
    person_paths,
    pictures,
    practice,
    practice_budgets,
    practice_models,
    programs,
    rules,
    set_up,
    tip_plans,
    words,
)

manage_urls: list[URLPattern] = [
    path("manage/", overview.overview, name="manage"),
    path("manage/jobs/", jobs.jobs, name="manage-jobs"),
    path("manage/jobs/<uuid:job_id>/", jobs.job, name="manage-job"),
    path("manage/jobs/<uuid:job_id>/cancel/", jobs.cancel, name="manage-job-cancel"),
    path("manage/jobs/<uuid:job_id>/resume/", jobs.resume, name="manage-job-resume"),
    path("manage/jobs/<uuid:job_id>/undo/", jobs.undo, name="manage-job-undo"),
    path("manage/jobs/<uuid:job_id>/not-done/", jobs.not_done, name="manage-job-errors"),
    path("manage/jobs/<uuid:job_id>/files/<int:file_id>/", jobs.file, name="manage-job-file"),
    path("manage/people/", people.people, name="manage-people"),
    path("manage/people/<uuid:person>/", people.person, name="manage-person"),
    path(
        "manage/people/<uuid:person>/personal-address/",
        person_address.person_address,
        name="manage-person-address",
    ),
    path(
        "manage/people/<uuid:person>/words/<uuid:achievement>/take-back/",
        words.take_back,
        name="manage-word-take-back",
    ),
    path("manage/assignments/", rules.rules, name="manage-rules"),
    path("manage/assignments/new/", rules.new_rule, name="manage-rule-new"),
    path("manage/assignments/<uuid:rule_id>/", rules.rule, name="manage-rule"),
    path("manage/assignments/<uuid:rule_id>/edit/", rules.edit, name="manage-rule-edit"),
    path("manage/assignments/<uuid:rule_id>/preview/", rules.preview, name="manage-rule-preview"),
    path(
        "manage/assignments/<uuid:rule_id>/preview/export/",
        rules.preview_export,
        name="manage-rule-preview-export",
    ),
    path("manage/assignments/<uuid:rule_id>/pause/", rules.pause, name="manage-rule-pause"),
    path("manage/assignments/<uuid:rule_id>/duplicate/", rules.duplicate, name="manage-rule-duplicate"),
    path("manage/assignments/<uuid:rule_id>/discard/", rules.discard, name="manage-rule-discard"),
    path("manage/enroll/", enroll.enroll, name="manage-enroll"),
    path("manage/enroll/<uuid:job_id>/", enroll.plan, name="manage-enroll-plan"),
    path("manage/enroll/<uuid:job_id>/confirm/", enroll.confirm, name="manage-enroll-confirm"),
    path("manage/enroll/<uuid:job_id>/discard/", enroll.discard, name="manage-enroll-discard"),
    path("manage/people/<uuid:person>/paths/", person_paths.choose, name="manage-person-choose-path"),
    path(
        "manage/people/<uuid:person>/paths/<slug:slug>/", person_paths.person_path, name="manage-person-path"
    ),
    path(
        "manage/people/<uuid:person>/paths/<slug:slug>/exclude/",
        person_paths.exclude,
        name="manage-person-exclude",
    ),
    path(
        "manage/people/<uuid:person>/paths/<slug:slug>/clear/", person_paths.clear, name="manage-person-clear"
    ),
    path(
        "manage/people/<uuid:person>/paths/<slug:slug>/extend/",
        person_paths.extend,
        name="manage-person-extend",
    ),
    path("manage/credentials/", credentials.credentials, name="manage-credentials"),
    path("manage/credentials/issuers/new/", issuers.new, name="manage-issuer-new"),
    path("manage/credentials/issuers/<uuid:issuer_id>/", issuers.edit, name="manage-issuer"),
    path("manage/credentials/new/", credentials.new, name="manage-credential-new"),
    path("manage/credentials/emblem/", credentials.emblem, name="manage-credential-emblem"),
    path("manage/credentials/expiring/", credentials.expiring, name="manage-credentials-expiring"),
    path("manage/credentials/keys/", issuer_keys.keys, name="manage-credential-keys"),
    path("manage/credentials/keys/<uuid:key_id>/rotate/", issuer_keys.rotate, name="manage-key-rotate"),
    path("manage/credentials/keys/<uuid:key_id>/give-up/", issuer_keys.give_up, name="manage-key-give-up"),
    path("manage/credentials/programs/", programs.programs, name="manage-programs"),
    path("manage/credentials/programs/new/", programs.new, name="manage-program-new"),
    path("manage/credentials/programs/<str:program>/retire/", programs.retire, name="manage-program-retire"),
    path("manage/credentials/lists/<uuid:job_id>/", awarding.plan, name="manage-award-plan"),
    path(
        "manage/credentials/lists/<uuid:job_id>/confirm/", awarding.confirm, name="manage-award-plan-confirm"
    ),
    path(
        "manage/credentials/lists/<uuid:job_id>/discard/", awarding.discard, name="manage-award-plan-discard"
    ),
    path("manage/credentials/<uuid:achievement_id>/", credentials.credential, name="manage-credential"),
    path("manage/credentials/<uuid:achievement_id>/edit/", credentials.edit, name="manage-credential-edit"),
    path("manage/credentials/<uuid:achievement_id>/picture/", pictures.picture, name="manage-picture"),
    path("manage/credentials/<uuid:achievement_id>/picture/draw/", pictures.draw, name="manage-picture-draw"),
    path(
        "manage/credentials/<uuid:achievement_id>/picture/<slug:digest>/use/",
        pictures.use,
        name="manage-picture-use",
    ),
    path("manage/credentials/pictures/<slug:digest>.png", pictures.shown, name="manage-picture-shown"),
    path(
        "manage/credentials/<uuid:achievement_id>/open/", credentials.open_it, name="manage-credential-open"
    ),
    path(
        "manage/credentials/<uuid:achievement_id>/retire/",
        credentials.retire,
        name="manage-credential-retire",
    ),
    path(
        "manage/credentials/<uuid:achievement_id>/rule/", credential_rules.edit, name="manage-credential-rule"
    ),
    path(
        "manage/credentials/<uuid:achievement_id>/rule/try/",
        credential_rules.try_it,
        name="manage-credential-rule-try",
    ),
    path(
        "manage/credentials/<uuid:achievement_id>/rule/rest/",
        credential_rules.rest,
        name="manage-credential-rule-rest",
    ),
    path("manage/credentials/<uuid:achievement_id>/award/", awarding.award, name="manage-award-people"),
    path("manage/credentials/<uuid:achievement_id>/list/", awarding.award_list, name="manage-award-list"),
    path("manage/awards/<uuid:award_id>/", awards.award, name="manage-award"),
    path("manage/awards/<uuid:award_id>/revoke/", awards.revoke, name="manage-award-revoke"),
    path("manage/awards/<uuid:award_id>/sign/", awards.sign, name="manage-award-sign"),
    path("manage/awards/<uuid:award_id>/renew/", awards.renew, name="manage-award-renew"),
    path("manage/practice/", practice.overview, name="manage-practice"),
    path("manage/practice/words/", practice.words, name="manage-practice-words"),
    path("manage/practice/models/new/", practice_models.new_model, name="manage-practice-model-new"),
    path("manage/practice/models/<uuid:model_id>/", practice_models.model, name="manage-practice-model"),
    path(
        "manage/practice/models/<uuid:model_id>/ask/", practice_models.ask, name="manage-practice-model-ask"
    ),
    path(
        "manage/practice/models/<uuid:model_id>/calibrate/",
        practice_models.calibrate,
        name="manage-practice-model-calibrate",
    ),
    path(
        "manage/practice/models/<uuid:model_id>/judge/",
        practice_models.judge,
        name="manage-practice-model-judge",
    ),
    path(
        "manage/practice/models/<uuid:model_id>/switch/",
        practice_models.switch,
        name="manage-practice-model-switch",
    ),
    path(
        "manage/practice/models/<uuid:model_id>/remove/",
        practice_models.remove,
        name="manage-practice-model-remove",
    ),
    path("manage/practice/budgets/new/", practice_budgets.new_budget, name="manage-practice-budget-new"),
    path("manage/practice/budgets/<int:budget_id>/", practice_budgets.budget, name="manage-practice-budget"),
    path(
        "manage/practice/budgets/<int:budget_id>/remove/",
        practice_budgets.remove,
        name="manage-practice-budget-remove",
    ),
    path("manage/tips/", tip_plans.overview, name="manage-tips"),
    path("manage/tips/weekly/", tip_plans.weekly_plan, name="manage-weekly-plan"),
    path("manage/tips/campaigns/new/", tip_plans.new_campaign, name="manage-campaign-new"),
    path("manage/tips/campaigns/<int:plan_id>/", tip_plans.campaign, name="manage-campaign"),
    path("manage/tips/campaigns/<int:plan_id>/edit/", tip_plans.edit_campaign, name="manage-campaign-edit"),
    path("manage/tips/campaigns/<int:plan_id>/end/", tip_plans.end, name="manage-campaign-end"),
    path("manage/tips/holidays/", tip_plans.holidays, name="manage-holidays"),
    path("manage/tips/holidays/import/", tip_plans.import_holidays, name="manage-holidays-import"),
    path(
        "manage/tips/holidays/<int:holiday_id>/remove/", tip_plans.drop_holiday, name="manage-holiday-remove"
    ),
    path("manage/messages/", messages.overview, name="manage-messages"),
    path("manage/messages/addresses/", messages.addresses, name="manage-messages-addresses"),
    path("manage/messages/addresses/works/", messages.mail_works, name="manage-messages-mail-works"),
    path("manage/messages/lost/<slug:ledger>/", messages.lost, name="manage-messages-lost"),
    path("manage/messages/lost/<slug:ledger>/again/", messages.all_again, name="manage-messages-all-again"),
    path(
        "manage/messages/lost/<slug:ledger>/<uuid:delivery>/again/",
        messages.again,
        name="manage-messages-again",
    ),
    path("manage/audit/", audit.audit, name="manage-audit"),
    path("manage/audit/export/", audit.export, name="manage-audit-export"),
    path("manage/audit/verify/", audit.verify, name="manage-audit-verify"),
    path("manage/settings/", set_up.set_up, name="manage-settings"),
    path(
        "manage/settings/<slug:persona>/<uuid:person>/take-back/",
        set_up.take_persona_back,
        name="manage-persona-take-back",
    ),
]
