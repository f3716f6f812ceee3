"""Rows for tests: each helper fills in what the test does not care about."""

import io
from datetime import date, timedelta
from itertools import count, islice, pairwise
from types import SimpleNamespace

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from simple_history.utils import bulk_create_with_history

from engagement.actions import activities, sending, themes
from engagement.judging import judge
from engagement.models import Activity, Animation, Referral, RoutingRule, Signpost, Story, Topic
from engagement.sending import new_token, sending_key
from governance import readers
from governance.actions import escalations, structure
from governance.actions.structure import one_edit, structure_edited
from governance.matters import visible_to
from governance.models import (
    BankHoliday,
    Body,
    BodyKind,
    BodyName,
    Escalation,
    EscalationStep,
    Evidence,
    Measure,
    Membership,
    Milestone,
    Organisation,
    Partner,
    Project,
    Reading,
    ReportingLine,
    Seat,
    User,
)
from governance.permissions import ENGAGEMENT_TEAM, GOVERNANCE_ADMINISTRATORS
from governance.ranges import Order
from governance.uploads import checked
from localities.actions.atlas import atlas_edited
from localities.kept_query import KeptQuery
from localities.models import (
    CareNetwork,
    DeliveryOfficePostcode,
    Indicator,
    IndicatorRelease,
    IndicatorValue,
    Locality,
    PlaceInWard,
    PlaceName,
    PlaceSpelling,
    Postcode,
    Practice,
    Ward,
    WardInLocality,
)

PASSWORD = "a long demonstration password"
# What a browser says of a form that stood on a page of the portal.
FROM_HERE = {"origin": "http://testserver"}
REASON = "Board, 10 November 2026, item 4"  # of deeds that ask for one

numbers = count(1)


def store(rows):
    """Rows of one model, each with the history that saving it alone would leave behind."""
    model = type(rows[0])
    if hasattr(model, "history"):
        return bulk_create_with_history(rows, model)
    return model.objects.bulk_create(rows)


def make_person(*, groups=(), **fields):
    number = next(numbers)
    fields.setdefault("username", f"person-{number}")
    fields.setdefault("email", f"person-{number}@example.org")
    person = User.objects.create_user(password=PASSWORD, **fields)
    for name in groups:
        person.groups.add(Group.objects.get_or_create(name=name)[0])
    return person


def make_engagement_team_member():
    person = make_person(groups=[ENGAGEMENT_TEAM], is_staff=True)
    structure_edited()
    return person


def make_governance_administrator():
    return make_person(groups=[GOVERNANCE_ADMINISTRATORS], is_staff=True)


def make_kind(slug="working-group", **fields):
    fields.setdefault("name", slug.replace("-", " ").capitalize())
    fields.setdefault("plural", fields["name"] + "s")
    return BodyKind.objects.get_or_create(slug=slug, defaults=fields)[0]


def make_body(name=None, *, kind=None, **fields):
    number = next(numbers)
    fields.setdefault("slug", f"body-{number}")
    body = Body.objects.create(kind=kind or make_kind(), **fields)
    BodyName.objects.create(body=body, name=name or f"Body {number}")
    structure_edited()
    return body


def make_bodies(named):
    """Bodies of one kind at once, from the name of each and its own fields."""
    kind = make_kind()
    bodies = store([Body(kind=kind, **fields) for _, fields in named])
    store([BodyName(body=body, name=name) for body, (name, _) in zip(bodies, named, strict=True)])
    structure_edited()
    return bodies


def stated(**fields):
    """How a fact is known that a text states."""
    return {
        "evidence": Evidence.STATED,
        "quotation": "the words that say so",
        "source_title": "The partnership’s own text",
        "source_url": "https://example.org/text",
    } | fields


def make_line(from_body, to_body, kind=ReportingLine.Kind.REPORTS_TO, **fields):
    line = ReportingLine.objects.create(from_body=from_body, to_body=to_body, kind=kind, **fields)
    structure_edited()
    return line


def make_escalation_line(from_body, to_body, **fields):
    return make_line(from_body, to_body, ReportingLine.Kind.ESCALATES_TO, **fields)


def make_organisation(name=None, *, partner=True, **fields):
    number = next(numbers)
    fields.setdefault("slug", f"organisation-{number}")
    fields.setdefault("kind", Organisation.Kind.NHS_TRUST)
    organisation = Organisation.objects.create(name=name or f"Organisation {number}", **fields)
    if partner:
        Partner.objects.create(organisation=organisation)
    structure_edited()
    return organisation


def make_seat(body, role=Seat.Role.MEMBER, **fields):
    seat = Seat.objects.create(body=body, role=role, **fields)
    structure_edited()
    return seat


def make_measure(body=None, **fields):
    """Something that a body holds itself to."""
    fields = {"name": f"Measure {next(numbers)}", "target": 95} | fields
    measure = Measure.objects.create(body=body or make_body(), **fields)
    structure_edited()
    return measure


def make_reading(measure, value, measured_on=None):
    reading = Reading.objects.create(
        measure=measure, value=value, measured_on=measured_on or today()
    )
    structure_edited()
    return reading


def make_member(body, role=Seat.Role.MEMBER, *, person=None, **dates):
    """Someone who holds a seat on the body, for the dates given."""
    person = person or make_person()
    Membership.objects.create(seat=make_seat(body, role), person=person, **dates)
    structure_edited()
    return person


def make_officer(body, **dates):
    return make_member(body, Seat.Role.CHAIR, **dates)


def make_officers(bodies):
    """An officer for each body, at once."""
    names = [f"person-{next(numbers)}" for _ in bodies]
    people = store(
        [
            User(username=name, email=f"{name}@example.org", password=make_password(PASSWORD))
            for name in names
        ]
    )
    seats = store([Seat(body=body, role=Seat.Role.CHAIR) for body in bodies])
    store(
        [Membership(seat=seat, person=person) for seat, person in zip(seats, people, strict=True)]
    )
    structure_edited()
    return people


def make_bank_holiday(day, name="Coronation"):
    holiday = BankHoliday.objects.create(day=day, name=name)
    structure_edited()
    return holiday


def today():
    return timezone.localdate()


# --- Escalations ----------------------------------------------------------------------------------


@one_edit()
def make_ladder(height=3):
    """Bodies with an officer each, every one of which escalates to the next."""
    named = [(f"Body {number}", {"slug": f"body-{number}"}) for number in islice(numbers, height)]
    bodies = make_bodies(named)
    make_officers(bodies)
    kind = ReportingLine.Kind.ESCALATES_TO
    lines = [
        ReportingLine(from_body=below, to_body=above, kind=kind)
        for below, above in pairwise(bodies)
    ]
    if lines:
        store(lines)
    return bodies


@one_edit()
def make_lattice(levels):
    """Two bodies on each level, with an officer each; both escalate to both above them."""
    named = [
        (f"Body {number}", {"slug": f"body-{number}"}) for number in islice(numbers, 2 * levels)
    ]
    bodies = make_bodies(named)
    make_officers(bodies)
    kind = ReportingLine.Kind.ESCALATES_TO
    rungs = list(zip(bodies[::2], bodies[1::2], strict=True))
    lines = [
        ReportingLine(from_body=below, to_body=above, kind=kind)
        for lower, upper in pairwise(rungs)
        for below in lower
        for above in upper
    ]
    store(lines)
    return rungs


def officer_of(body):
    """The officer whom a body got first."""
    return seats_of_officers(body=body.pk)[0].person


@KeptQuery
def seats_of_officers(body):
    held = Membership.objects.filter(seat__body=body, seat__role__in=Seat.OFFICER_ROLES)
    return held.select_related("person").order_by("pk")


def listed_for(standing):
    """The keys of the matters that someone's list has."""
    return {place.key for place in visible_to(standing).first(1000, Order.DUE)}


def words_of_a_matter(**words):
    return {
        "title": "Discharge letters arrive late",
        "category": "quality_and_safety",
        "situation": "They take nine days.",
        "asked": "A shared deadline.",
    } | words


def make_draft(raising_body, *, by=None, **words):
    return escalations.draft(
        raising_body=raising_body, by=by or officer_of(raising_body), **words_of_a_matter(**words)
    )


def make_escalation(raising_body, to_body, *, by=None, **words):
    """A matter that the one body has raised to the other."""
    by = by or officer_of(raising_body)
    draft = make_draft(raising_body, by=by, **words)
    return escalations.raise_matter(escalation=draft, to_body=to_body, by=by)


def make_matters(ladder, number):
    """So many matters raised from the first body of a ladder to the second, as plain rows."""
    bottom, middle, _ = ladder
    by = officer_of(bottom)
    rows = Escalation.objects.bulk_create(
        Escalation(
            **words_of_a_matter(title=f"Matter {n}"),
            raising_body=bottom,
            current_body=middle,
            created_by=by,
            created_on=today(),
            raised_on=today(),
            status="raised",
            clock_started_on=today(),
            acknowledge_by=today() + timedelta(days=n % 7 - 2),
            answer_by=today() + timedelta(days=n % 40 - 5),
        )
        for n in range(number)
    )
    EscalationStep.objects.bulk_create(
        EscalationStep(
            escalation=row,
            kind="raised",
            at="2026-11-02T12:00Z",
            by=by,
            from_body=bottom,
            to_body=middle,
        )
        for row in rows
    )
    readers.recount()
    return rows


def make_upload(name="Figures.pdf", content=b"%PDF-1.7 figures"):
    """A file that was looked at and is taken."""
    return checked(SimpleUploadedFile(name, content))


# --- The programme plan ---------------------------------------------------------------------------


def make_project(body=None, **fields):
    number = next(numbers)
    fields = {"slug": f"project-{number}", "name": f"Project {number}", "is_public": True} | fields
    return Project.objects.create(body=body or make_body(), **fields)


def make_milestone(project=None, **fields):
    fields = {"title": "The room is open", "due_on": today()} | fields
    return Milestone.objects.create(project=project or make_project(), **fields)


# --- Localities -----------------------------------------------------------------------------------


def make_locality(code=None, **fields):
    code = code or f"q{next(numbers)}"
    fields.setdefault("name", f"Locality {code.upper()}")
    locality, is_new = Locality.objects.get_or_create(code=code, defaults=fields)
    if is_new:
        atlas_edited()
    return locality


def make_ward(name=None, *, locality=None, confidence="inferred", **fields):
    """A ward, in a locality if one is given."""
    number = next(numbers)
    fields.setdefault("gss", f"E059{number:05}")
    ward = Ward.objects.create(name=name or f"Ward {number}", **fields)
    if locality:
        WardInLocality.objects.create(ward=ward, locality=locality, confidence=confidence)
    atlas_edited()
    return ward


def make_wards(*localities):
    """A ward in each locality, at once."""
    wards = store(
        [
            Ward(name=f"{locality.name} ward", gss=f"E059{next(numbers):05}")
            for locality in localities
        ]
    )
    store(
        [
            WardInLocality(ward=ward, locality=locality, confidence="inferred")
            for ward, locality in zip(wards, localities, strict=True)
        ]
    )
    atlas_edited()
    return wards


def make_postcode(code, ward, *, delivery_office=False):
    """`code` as it is kept: “E34AB”."""
    if delivery_office:
        DeliveryOfficePostcode.objects.create(code=code)
        atlas_edited()
    return Postcode.objects.create(code=code, ward_gss=ward.gss, easting=536000, northing=182000)


def make_place(name, *wards, kind=PlaceName.Kind.AREA, key=None, note=""):
    """A place in these wards, the most likely first."""
    place = PlaceName.objects.create(name=name, kind=kind, note=note)
    PlaceSpelling.objects.create(place=place, key=key or name.lower())
    for position, ward in enumerate(wards, start=1):
        PlaceInWard.objects.create(place=place, ward=ward, position=position)
    atlas_edited()
    return place


def make_practice(name=None, *, locality=None, **fields):
    """A GP practice in a network of its own."""
    number = next(numbers)
    network = CareNetwork.objects.create(
        code=f"U{number:05}", name=f"Network {number}", locality=locality or make_locality("ne")
    )
    fields = {"postcode": "E3 4AB", "listed_on": date(2022, 1, 1)} | fields
    return Practice.objects.create(
        code=f"F{number:05}", name=name or f"Practice {number}", network=network, **fields
    )


def make_figure(area_code="E09000030", *, indicator=None, year=2025, **fields):
    """What an indicator is in an area in a year."""
    number = next(numbers)
    indicator = indicator or Indicator.objects.create(
        code=str(number), name=f"Indicator {number}", source="A source"
    )
    release = IndicatorRelease.objects.first()
    release = release or IndicatorRelease.objects.create(title="A file", digest="0", rows=1)
    kinds = {"E09": "borough", "E05": "ward", "E92": "country"}
    values = {
        "area_kind": kinds.get(area_code[:3], "locality"),
        "period": str(year),
        "start_date": date(year, 1, 1),
        "end_date": date(year, 12, 31),
        "value": 12.5,
    }
    return IndicatorValue.objects.create(
        indicator=indicator, release=release, area_code=area_code, **values | fields
    )


# --- Residents' messages --------------------------------------------------------------------------


def make_topic(slug=None, **fields):
    slug = slug or f"topic-{next(numbers)}"
    fields.setdefault("name", slug.replace("-", " ").capitalize())
    topic = Topic.objects.create(slug=slug, **fields)
    structure_edited()
    return topic


def make_rule(body=None, **fields):
    """A rule that puts messages before the body, or before the place's committee."""
    number = next(numbers)
    fields.setdefault("name", f"it fits rule {number}")
    fields.setdefault("order", number)
    fields.setdefault("destination", "body" if body else "place")
    rule = RoutingRule.objects.create(body=body, **fields)
    structure_edited()
    return rule


def make_signpost(**fields):
    fields = {"group": "urgent", "title": "At risk", "phone": "999", "checked_on": today()} | fields
    signpost = Signpost.objects.create(**fields)
    structure_edited()
    return signpost


@one_edit()
def make_partnership():
    """A small partnership that takes feedback: two localities, one body for a topic, triage."""
    north_east, north_west = (
        make_locality(code, name=name)
        for code, name in (("ne", "North East"), ("nw", "North West"))
    )
    triage, living_well, *committees = bodies = make_bodies(
        [
            ("Centre of Excellence", {"slug": "centre-of-excellence"}),
            ("Living Well", {"slug": "living-well"}),
            ("North East Committee", {"slug": "ne-committee", "locality": north_east}),
            ("North West Committee", {"slug": "nw-committee", "locality": north_west}),
        ]
    )
    wards = make_wards(north_east, north_west)
    places = {
        locality.code: SimpleNamespace(locality=locality, committee=committee, ward=ward)
        for locality, committee, ward in zip(
            (north_east, north_west), committees, wards, strict=True
        )
    }
    make_postcode("E34AB", places["ne"].ward)
    make_place("Mile End", *wards)
    officers = dict(zip((body.slug for body in bodies), make_officers(bodies), strict=True))
    gp, healthy, not_sure = store(
        [
            Topic(slug="gp", name="Gp"),
            Topic(slug="healthy", name="Healthy"),
            Topic(slug="not-sure", name="Not sure"),
        ]
    )
    to_place = {"destination": "place", "name": "it is about a GP", "topic": gp}
    to_body = {"body": living_well, "name": "it is about staying healthy", "topic": healthy}
    to_triage = {"destination": "triage", "body": triage, "name": "no other rule fits it"}
    rules = (to_place, to_body, to_triage)
    store([RoutingRule(order=next(numbers), **fields) for fields in rules])
    return SimpleNamespace(
        triage=triage,
        living_well=living_well,
        ne=places["ne"],
        nw=places["nw"],
        gp=gp,
        healthy=healthy,
        not_sure=not_sure,
        officers=officers,
    )


def feedback_answers(**answers):
    """What a resident may have typed; everything but the message may be left out."""
    return {
        "message": "I waited three weeks.",
        "topic": "gp",
        "about": "no-one",
        "place": "E3 4AB",
        "kind": "feedback",
        "name": "",
        "email": "",
        "phone": "",
        "wants_answer": False,
        "may_publish": False,
        "nearest": "",
    } | answers


def send_feedback(token=None, **answers):
    """A message that was sent: the submission, and the secret of its receipt."""
    content = feedback_answers(**answers)
    judged = judge(content)
    return sending.send(
        key=sending_key(token or new_token(), content),
        content=content,
        judged=judged,
    )


def make_submission(**answers):
    return send_feedback(**answers).submission


def make_theme(*messages, title=None, by=None, **fields):
    """A theme that gathers these messages."""
    by = by or make_engagement_team_member()
    theme = themes.create(title=title or f"Theme {next(numbers)}", by=by, **fields)
    return themes.add(theme=theme, submissions=messages, by=by)


# --- Getting involved -----------------------------------------------------------------------------


def make_activity(owner=None, *, in_days=14, **fields):
    """A published activity that is to begin in so many days."""
    number = next(numbers)
    fields = {
        "title": f"Activity {number}",
        "slug": f"activity-{number}",
        "summary": "Say how it should be.",
        "details": "We **talk** and have tea.",
        "starts_at": timezone.now() + timedelta(days=in_days),
        "place": "Idea Store Bow",
        "published_on": today(),
    } | fields
    return Activity.objects.create(owner=owner or make_body(), **fields)


def sign_up(activity, name="Nadia", *, email="nadia@example.org", phone="", token=None):
    """A sign-up that was sent, and the code that opens it."""
    who = {"name": name, "email": email, "phone": phone}
    key = sending_key(token or new_token(), {"to": activity.pk, **who})
    return activities.join(activity=activity, key=key, **who)


def make_story(owner=None, **fields):
    number = next(numbers)
    fields = {
        "title": f"Story {number}",
        "slug": f"story-{number}",
        "summary": "It is better now.",
        "text": "## Before\n\nIt was bad.",
        "published_on": today(),
    } | fields
    return Story.objects.create(owner=owner or make_body(), **fields)


def make_animation(owner=None, **fields):
    number = next(numbers)
    fields = {
        "title": f"Animation {number}",
        "slug": f"animation-{number}",
        "summary": "How it works.",
        "url": "https://example.org/film",
        "published_on": today(),
    } | fields
    return Animation.objects.create(owner=owner or make_body(), **fields)


def make_picture(width=640, height=360, *, kind="JPEG", mode="RGB", **options):
    """A picture as an editor would choose it."""
    content = io.BytesIO()
    Image.new(mode, (width, height), "teal").save(content, kind, **options)
    return SimpleUploadedFile("Photo of Mrs Khan.jpg", content.getvalue())


def make_video(size=4096):
    """What is taken for a WebM file, for a server that does not look further."""
    header = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    return SimpleUploadedFile("film.webm", header + bytes(range(256)) * (size // 256))


def lead_of(sent):
    """The referral to the body that has a message now; `sent` is the message, or its receipt."""
    return Referral.objects.leading().get(submission=getattr(sent, "submission", sent))


def closed_since_yesterday(body, successor=None):
    """Close a body as if it had been planned: its last day was yesterday."""
    structure.close(
        body=body,
        last_day=today() - timedelta(days=1),
        successor=successor,
        by=make_governance_administrator(),
        reason=REASON,
    )
