"""Which totals of groups may be shown side by side, so that neither one nor a difference of two is about few people."""

from collections.abc import Mapping

FEWEST_PEOPLE = 10


def groups_to_show(people: Mapping[str, int]) -> set[str]:
    """Return the groups of which a total may be shown.

    A group is left out when it has fewer than ten people, and when taking the shown groups inside of it away would
    leave one to nine: who can subtract would know what those few did.

    Args:
        people: How many there are in each group, by the path of its unit. A path begins with the path of the unit
            above; the company's is empty.
    """
    shown: set[str] = set()
    for path in sorted(people, key=len, reverse=True):
        inside = [other for other in shown if other.startswith(path)]
        outermost = [one for one in inside if not any(one != it and one.startswith(it) for it in inside)]
        rest = people[path] - sum(people[one] for one in outermost)
        if people[path] >= FEWEST_PEOPLE and (rest == 0 or rest >= FEWEST_PEOPLE):
            shown.add(path)
    return shown
