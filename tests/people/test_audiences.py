"""Who is in an audience: the query against an independent reading of the same rule, person by person."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.people.audience_rules import InvalidRule, parse_rule
from lms.people.models import Audience, Employment, JobRole, OrgUnit, User
from lms.people.selectors import people_in_audience, people_matching

TODAY = date(2026, 11, 20)
PersonFactory = Callable[..., User]


@pytest.fixture
def company(person_factory: PersonFactory) -> list[User]:
    """Sixteen people whose facts differ in every way a rule can ask, nulls included."""
    root = OrgUnit.add_root(code="larkfield", name="Larkfield")
    service = root.add_child(code="service", name="Service")
    units = [
        None,
        root,
        service,
        service.add_child(code="porto", name="Porto"),
        root.add_child(code="it", name="IT"),
    ]
    roles = [
        None,
        JobRole.objects.create(code="sales", name="Sales"),
        JobRole.objects.create(code="hr", name="HR"),
    ]
    people: list[User] = []
    for index in range(16):
        person = person_factory(org_unit=units[index % 5], job_role=roles[index % 3])
        for depth, manager in enumerate(
            [people[index // 2], people[index // 4]] if index > 3 else [], start=1
        ):
            if manager not in {line.manager for line in person.lines_up.all()}:
                manager.lines_down.create(report=person, depth=depth)
        if index % 4:
            Employment.objects.create(
                person=person,
                number=f"{index:05}",
                location=["Porto", "Berlin", ""][index % 3],
                employment_type=["full_time", "intern"][index % 2],
                hired_on=None if index % 5 == 0 else TODAY - timedelta(days=index * 10),
                effective_from=date(2020, 1, 1),
            )
        people.append(person)
    Employment.objects.create(
        person=people[0],
        number="0",
        location="Porto",
        hired_on=TODAY,
        effective_from=date(2019, 1, 1),
        effective_to=date(2019, 12, 31),
    )
    return list(User.objects.order_by("pk"))


def holds(tree: Any, person: User) -> bool:  # noqa: C901, PLR0911 one case per kind of part
    """Read a rule for one person in the plainest way; the judge of the query."""
    [(key, value)] = [item for item in tree.items() if item[0] != "directly"]
    job = person.employments.filter(is_primary=True, effective_to=None).first()
    match key:
        case "all":
            return all(holds(part, person) for part in value)
        case "any":
            return any(holds(part, person) for part in value)
        case "not":
            return not holds(value, person)
        case "role":
            return person.job_role is not None and person.job_role.code in value
        case "unit":
            unit = person.org_unit
            return unit is not None and any(above.code in value for above in [unit, *unit.get_ancestors()])
        case "reports_to":
            lines = person.lines_up.filter(manager__public_id=value)
            return (lines.filter(depth=1) if tree.get("directly") else lines).exists()
        case "location":
            return job is not None and job.location in value
        case "employment_type":
            return job is not None and job.employment_type in value
        case "people":
            return str(person.public_id) in value
    if job is None or job.hired_on is None:
        return False
    if key == "hired_within_days":
        return bool(0 <= (TODAY - job.hired_on).days <= value)
    return bool(
        job.hired_on.isoformat() < value if key == "hired_before" else job.hired_on.isoformat() > value
    )


def trees(people: list[User]) -> st.SearchStrategy[Any]:
    """Any rule over the facts of the company."""
    ids = [str(person.public_id) for person in people[:6]]
    days = st.dates(TODAY - timedelta(days=200), TODAY).map(date.isoformat)

    def some(*names: str) -> st.SearchStrategy[list[str]]:
        return st.lists(st.sampled_from(names), min_size=1, max_size=3)

    leaves = st.one_of(
        st.fixed_dictionaries({"role": some("sales", "hr", "unheard-of")}),
        st.fixed_dictionaries({"unit": some("larkfield", "service", "porto", "it", "unheard-of")}),
        st.fixed_dictionaries({"location": some("Porto", "Berlin", "Lund")}),
        st.fixed_dictionaries({"employment_type": some("full_time", "intern", "contract")}),
        st.fixed_dictionaries({"reports_to": st.sampled_from(ids), "directly": st.booleans()}),
        st.fixed_dictionaries({"people": some(*ids)}),
        st.fixed_dictionaries({"hired_within_days": st.integers(0, 200)}),
        st.fixed_dictionaries({"hired_before": days}),
        st.fixed_dictionaries({"hired_after": days}),
    )
    return st.recursive(
        leaves,
        lambda parts: st.one_of(
            st.fixed_dictionaries({"all": st.lists(parts, max_size=3)}),
            st.fixed_dictionaries({"any": st.lists(parts, max_size=3)}),
            st.fixed_dictionaries({"not": parts}),
        ),
        max_leaves=6,
    ).filter(lambda tree: "'not': {'not': {'not'" not in str(tree))


def found(tree: Any) -> list[int]:
    return list(people_matching(parse_rule(tree), TODAY).order_by("pk").values_list("pk", flat=True))


property_test = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@property_test
@given(data=st.data())
def test_the_query_finds_exactly_those_for_whom_the_rule_holds(
    company: list[User], data: st.DataObject
) -> None:
    tree = data.draw(trees(company))

    assert found(tree) == [person.pk for person in company if holds(tree, person)]


@property_test
@given(data=st.data())
def test_the_order_of_parts_does_not_matter_and_not_not_is_nothing(
    company: list[User], data: st.DataObject
) -> None:
    parts = data.draw(st.lists(trees(company), min_size=2, max_size=3))
    shuffled = data.draw(st.permutations(parts))
    group = data.draw(st.sampled_from(["all", "any"]))

    assert found({group: parts}) == found({group: shuffled})
    assert found({"not": {"not": {group: parts}}}) == found({group: parts})


@property_test
@given(data=st.data())
def test_someone_excluded_is_never_in_and_a_member_always_is_unless_excluded(
    company: list[User], data: st.DataObject
) -> None:
    audience, _ = Audience.objects.update_or_create(
        name="Everyone new", defaults={"rule": data.draw(trees(company))}
    )
    members = data.draw(st.sets(st.sampled_from(company)))
    excluded = data.draw(st.sets(st.sampled_from(company)))
    audience.members.set(members)
    audience.excluded.set(excluded)

    people = list(people_in_audience(audience, TODAY))

    matching = {person for person in company if holds(audience.rule, person)}
    assert sorted(person.pk for person in people) == sorted(
        person.pk for person in (matching | members) - excluded
    )


@pytest.mark.parametrize("status", ["prehire", "suspended", "left"])
def test_people_who_do_not_work_here_now_are_in_no_audience(ada: User, status: str) -> None:
    everyone = Audience.objects.create(name="Everyone", rule={"all": []})
    everyone.members.add(ada)
    ada.status = status
    ada.save()

    assert ada not in people_in_audience(everyone, TODAY)


def test_someone_on_leave_stays_in_their_audience(ada: User) -> None:
    ada.status = User.Status.ON_LEAVE
    ada.save()

    assert list(people_in_audience(Audience(rule={"people": [str(ada.public_id)]}), TODAY)) == [ada]


def test_a_new_audience_is_empty_until_a_rule_is_written(ada: User) -> None:
    assert list(people_in_audience(Audience.objects.create(name="New"), TODAY)) == []


@pytest.mark.parametrize("size", [1, 50])
def test_an_audience_is_one_query_whatever_its_size(
    person_factory: PersonFactory,
    customer_service: JobRole,
    django_assert_num_queries: Callable[[int], CaptureQueriesContext],
    size: int,
) -> None:
    members = [person_factory(job_role=customer_service) for _ in range(size)]
    audience = Audience.objects.create(
        name="Service",
        rule={
            "any": [
                {"role": ["customer-service"]},
                {
                    "all": [
                        {"unit": ["CS-PORTO"]},
                        {"location": ["Porto"]},
                        {"not": {"hired_within_days": 30}},
                    ]
                },
                {"reports_to": str(members[0].public_id)},
            ]
        },
    )
    audience.members.add(*members)

    with django_assert_num_queries(1):
        assert len(people_in_audience(audience, TODAY)) == size


def test_a_stored_rule_that_is_broken_says_so_and_lets_nobody_in(ada: User) -> None:
    audience = Audience.objects.create(name="Broken", rule={"role": "customer-service"})

    with pytest.raises(InvalidRule, match=r"^rule\.role: it needs a list of job role codes"):
        people_in_audience(audience, TODAY)
