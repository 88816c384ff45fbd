"""People, agents, office and targets of the campaign are consistent, and clearly generated."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from datetime import date, timedelta

from enrollment.demonstration import Campaign
from enrollment.demonstration.campaign import SimulatedPerson
from enrollment.demonstration.places import Territory
from enrollment.demonstration.words import place_on
from thaithuy_bhxh.months import Month

FORMED = {date(2020, 4, 1): 9, date(2025, 7, 1): 11}


def by_number(campaign: Campaign) -> dict[tuple[str | None, str | None], SimulatedPerson]:
    return {(person.citizen_id, person.bhxh_no): person for person in campaign.people}


def test_numbers_are_unique_and_everybody_has_one(campaign: Campaign) -> None:
    for numbers in (
        [p.citizen_id for p in campaign.people if p.citizen_id],
        [p.bhxh_no for p in campaign.people if p.bhxh_no],
        [p.phone for p in campaign.people if p.phone],
    ):
        assert len(set(numbers)) == len(numbers) > 0
    assert all(p.citizen_id or p.bhxh_no for p in campaign.people)
    assert [p.id for p in campaign.people] == list(range(len(campaign.people)))


def test_citizen_id_tells_province_sex_and_birth_year(campaign: Campaign) -> None:
    for person in campaign.people:
        if person.citizen_id and len(person.citizen_id) == 12:
            assert person.citizen_id.isdigit() and person.citizen_id.startswith("034")
            code, year = int(person.citizen_id[3]), int(person.citizen_id[4:6])
            assert ("male", "female")[code % 2] == person.sex
            assert (1900, 2000)[code // 2] + year == person.birth_year
        else:
            assert person.bhxh_no is not None
            assert person.citizen_id is None or (
                len(person.citizen_id) == 9 and person.joined_on < date(2021, 1, 1)
            )


def test_numbers_show_that_they_are_generated(campaign: Campaign) -> None:
    for person in campaign.people:
        assert (
            person.citizen_id is None
            or person.citizen_id[-6] == "9"
            or person.citizen_id.startswith("1599")
        )
        assert person.bhxh_no is None or (
            len(person.bhxh_no) == 10 and person.bhxh_no.startswith("3499")
        )
        assert person.phone == "" or (len(person.phone) == 10 and person.phone.startswith("0100"))


def test_most_have_both_numbers_and_some_only_one(campaign: Campaign) -> None:
    early = [p for p in campaign.people if p.joined_on < date(2021, 1, 1)]
    assert 0.85 < sum(bool(p.citizen_id and p.bhxh_no) for p in early) / len(early) < 0.98
    assert any(p.citizen_id is None for p in early)
    assert any(p.bhxh_no is None for p in early)
    late = [p for p in campaign.people if p.joined_on >= date(2025, 8, 1)]
    assert sum(p.bhxh_no is None for p in late) > len(late) / 2


def test_names_are_composed_and_have_two_words_or_more(campaign: Campaign) -> None:
    for person in campaign.people:
        assert unicodedata.is_normalized("NFC", person.full_name)
        assert len(person.full_name.split()) >= 3


def test_birth_date_agrees_with_the_year_and_is_sometimes_unknown(campaign: Campaign) -> None:
    assert all(p.birth_date is None or p.birth_date.year == p.birth_year for p in campaign.people)
    assert 0 < sum(p.birth_date is None for p in campaign.people) < 0.06 * len(campaign.people)


def test_participants_are_of_age_and_mostly_before_retirement(campaign: Campaign) -> None:
    people = by_number(campaign)
    old = total = 0
    for batch in campaign.months:
        for line in batch.receipts():
            person = people[line.citizen_id, line.bhxh_no]
            age = line.received_on.year - person.birth_year
            assert age >= 16
            total += 1
            old += age > (62 if person.sex == "male" else 58)
    assert old < 0.01 * total


def test_lines_name_the_persons_of_the_register(campaign: Campaign) -> None:
    people = by_number(campaign)
    for batch in campaign.months:
        for line in [*batch.receipts(), *batch.stops()]:
            assert people[line.citizen_id, line.bhxh_no].full_name == line.full_name


def test_newcomers_are_those_with_their_first_receipt(campaign: Campaign) -> None:
    people, met = by_number(campaign), set()
    for batch in campaign.months:
        present = {people[line.citizen_id, line.bhxh_no].id for line in batch.receipts()}
        assert set(batch.newcomers) == present - met
        met |= present
    assert len(met) == len(campaign.people)


def test_group_on_the_line_is_the_one_with_evidence(campaign: Campaign) -> None:
    people = by_number(campaign)
    groups: Counter[str] = Counter()
    for batch in campaign.months:
        for line in batch.receipts():
            person = people[line.citizen_id, line.bhxh_no]
            valid = {
                e.group for e in person.evidence if e.valid_from <= line.received_on <= e.valid_to
            }
            assert valid == (set() if line.group == "other" else {line.group})
            groups[line.group] += 1
    total = groups.total()
    assert 0.045 < groups["poor"] / total < 0.075
    assert 0.065 < groups["near_poor"] / total < 0.095
    assert 0 < groups["ethnic_minority"] / total < 0.005
    assert all(e.paper and e.valid_from <= e.valid_to for p in campaign.people for e in p.evidence)


def test_household_lives_together_when_it_forms(campaign: Campaign) -> None:
    members = [member for household in campaign.households for member, _ in household.members]
    heads = {household.head for household in campaign.households}
    assert len(set(members)) == len(members)
    assert not heads & set(members)
    assert 0.1 < len(members) / len(campaign.people) < 0.35
    for household in campaign.households:
        for member, relation in household.members:
            of, head = campaign.people[member], campaign.people[household.head]
            assert of.joined_on > head.joined_on
            assert relation in {"vợ", "chồng", "con", "em"}
            assert relation not in {"vợ", "chồng"} or {of.sex, head.sex} == {"male", "female"}
            assert relation != "con" or of.birth_year - head.birth_year >= 20


def test_there_is_one_committee_per_commune_of_each_era(campaign: Campaign) -> None:
    committees = [agent for agent in campaign.agents if agent.network == "commune_committee"]
    places = Territory.read().places
    assert len(committees) == len(places) == 68
    assert len({agent.code for agent in campaign.agents}) == len(campaign.agents) == 69
    closed = Counter(agent.closed_on for agent in committees)
    assert closed[date(2020, 3, 31)] == 21 and closed[date(2025, 6, 30)] == 36
    for day, count in FORMED.items():
        assert sum(agent.opened_on == day for agent in committees) == count
    assert {"XA12826", "XA12826B", "XA12826C", "BD001"} <= {agent.code for agent in campaign.agents}


def test_every_commune_is_served_by_its_committee_and_the_post_office(campaign: Campaign) -> None:
    for place in Territory.read().places:
        agents = {point.agent_code for point in campaign.points if place.key in point.communes}
        assert len(agents) == 2 and "BD001" in agents


def test_codes_follow_the_scheme_and_cards_do_not_overlap(campaign: Campaign) -> None:
    points = {point.code: point for point in campaign.points}
    assert len(points) == len(campaign.points)
    assert len({one.code for one in campaign.collectors}) == len(campaign.collectors)
    for collector in campaign.collectors:
        point = points[collector.point_code]
        assert point.code.startswith(f"{point.agent_code}-P")
        assert collector.code.rpartition("-")[0] == point.agent_code
        for before, after in zip(collector.cards, collector.cards[1:], strict=False):
            assert after.valid_from == before.valid_to + timedelta(days=1)
    numbers = [card.number for collector in campaign.collectors for card in collector.cards]
    assert len(set(numbers)) == len(numbers)


def test_every_open_agent_can_take_money_after_the_last_month(campaign: Campaign) -> None:
    points = {point.code: point.agent_code for point in campaign.points}
    for day in (date(2026, 11, 24), date(2027, 2, 28)):
        able = {points[one.point_code] for one in campaign.collectors if one.has_card_on(day)}
        assert able == {agent.code for agent in campaign.agents if agent.closed_on is None}


def test_each_commune_has_one_officer_and_one_leader_on_each_day_since_2019(
    campaign: Campaign,
) -> None:
    roles = {person.username: person.role for person in campaign.office}
    assert Counter(roles.values()) == {"officer": 7, "manager": 3}
    for kind, role in (("officer", "officer"), ("leader", "manager")):
        mine = [one for one in campaign.assignments if one.kind == kind]
        assert {roles[one.username] for one in mine} == {role}
        for month in (
            Month(2019, 1),
            Month(2020, 3),
            Month(2020, 4),
            Month(2022, 6),
            Month(2025, 7),
            Month(2026, 10),
        ):
            for day in (month.first_day, month.last_day):
                valid = [
                    a.commune
                    for a in mine
                    if a.valid_from <= day and (a.valid_to is None or day <= a.valid_to)
                ]
                existing = [
                    p.key
                    for p in Territory.read().places
                    if p.valid_from <= day and (p.valid_to is None or day <= p.valid_to)
                ]
                assert sorted(valid) == sorted(existing)
    assert len({one.username for one in campaign.assignments}) == 10


def in_force(campaign: Campaign, number: str = "") -> dict[tuple[int, str, str], dict[object, int]]:
    """Year, metric and kind of owner → owner → the last figure, or the one of a decision."""
    found: dict[tuple[int, str, str], dict[object, int]] = defaultdict(dict)
    for one in campaign.targets:
        if number in one.decision_no:
            owner = one.commune or one.agent_code or one.collector_code
            found[one.year, one.metric, one.owner_kind][owner] = one.value
    return found


def test_communes_agents_and_collectors_add_up_to_the_district_every_year(
    campaign: Campaign,
) -> None:
    existing = {p.key: p.valid_to or date.max for p in Territory.read().places}
    now = in_force(campaign)
    for year in range(2019, 2027):
        for metric in ("active", "new", "collected"):
            communes, agents, staff = (
                now[year, metric, kind] for kind in ("commune", "agent", "collector")
            )
            (whole,) = now[year, metric, "district"].values()
            lasting = [
                value for key, value in communes.items() if existing[key] >= date(year, 12, 31)
            ]
            over = 10 if (year, metric) == (2023, "new") else 0
            assert sum(lasting) == whole
            assert sum(agents.values()) == sum(staff.values()) == whole + over
            of_agent: Counter[str] = Counter()
            for code, value in staff.items():
                of_agent[str(code).rpartition("-")[0]] += value
            assert of_agent == Counter(agents)
    assert {target.year for target in campaign.targets} == set(range(2019, 2027))
    assert all(
        target.value >= 0 and target.decision_date.year == target.year
        for target in campaign.targets
    )


def test_january_assigns_to_the_units_of_january(campaign: Campaign) -> None:
    there = {2019: 48, 2020: 48, 2026: 11}
    first = in_force(campaign, "15/QĐ")
    for year in range(2019, 2027):
        (whole,) = first[year, "new", "district"].values()
        communes, agents = first[year, "new", "commune"], first[year, "new", "agent"]
        assert len(communes) == there.get(year, 36)
        assert sum(communes.values()) == whole
        assert set(agents) == {
            agent.code
            for agent in campaign.agents
            if agent.opened_on <= date(year, 1, 1)
            and (agent.closed_on is None or agent.closed_on >= date(year, 1, 1))
        }


def test_no_revision_goes_below_what_was_planned_for_past_months(campaign: Campaign) -> None:
    january = in_force(campaign, "15/QĐ")[2020, "collected", "agent"]
    april = in_force(campaign, "118/QĐ")[2020, "collected", "agent"]
    closed = {agent.code for agent in campaign.agents if agent.closed_on == date(2020, 3, 31)}
    assert closed and all(january[code] / 4 <= april[code] < january[code] for code in closed)


def test_targets_of_new_people_are_near_the_results(campaign: Campaign) -> None:
    joined = Counter(person.joined_on.year for person in campaign.people)
    for target in campaign.targets:
        if target.owner_kind == "district" and target.metric == "new" and target.year < 2026:
            assert 0.85 < target.value / joined[target.year] < 1.6


def test_what_a_network_is_asked_for_is_near_what_it_brought(campaign: Campaign) -> None:
    now, people, met = in_force(campaign), by_number(campaign), set()
    brought: Counter[tuple[int, bool]] = Counter()
    for batch in campaign.months:
        for line in batch.receipts():
            person = people[line.citizen_id, line.bhxh_no].id
            brought[batch.month.year, line.collector_code.startswith("BD")] += person not in met
            met.add(person)
    for year in (2019, 2020, 2021, 2023, 2024, 2025):
        asked = now[year, "new", "agent"]
        post = asked["BD001"]
        assert 0.75 < post / brought[year, True] < 1.3
        assert 0.75 < (sum(asked.values()) - post) / brought[year, False] < 1.3


def test_some_cards_end_soon_whatever_day_it_is(campaign: Campaign) -> None:
    last = [max(card.valid_to for card in one.cards) for one in campaign.collectors]
    for day in (date(2026, 11, 1), date(2026, 11, 15), date(2026, 11, 30)):
        assert 2 <= sum(day <= end <= day + timedelta(days=30) for end in last) <= 5


def test_there_is_a_hand_over_in_every_year_since_2019(campaign: Campaign) -> None:
    holder: dict[object, str] = {}
    years = set()
    for one in sorted(campaign.assignments, key=lambda one: one.valid_from):
        if one.kind == "officer":
            if holder.get(one.commune, one.username) != one.username:
                years.add(one.valid_from.year)
            holder[one.commune] = one.username
    assert years == set(range(2019, 2027))


def test_courses_are_held_in_a_place_that_exists_on_their_day() -> None:
    assert place_on(date(2025, 6, 30)).endswith("thị trấn Diêm Điền")
    assert place_on(date(2025, 7, 1)).endswith("xã Thái Thụy")
