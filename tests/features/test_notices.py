"""The bell tells once, and mails go to those who can act."""

from __future__ import annotations

import pytest
from django.core import mail

from instica.core.errors import NotFound
from instica.notices import queries, services
from instica.notices.models import Notice
from instica.people.models import Organization, User
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from instica.work.queue import enqueue
from tests import builders


@pytest.fixture
def house(person: User) -> Organization:
    """Ada's organization."""
    return builders.house(person)


def test_told_once_while_unread(house: Organization) -> None:
    first = services.tell(organization=house, key="k", title="One", mail=True)
    assert services.tell(organization=house, key="k", title="Two", mail=True) is None
    assert queries.unread_count(house) == 1
    assert Task.objects.filter(kind="notice.mail", lane="mail").count() == 1
    assert first is not None
    services.mark_read(organization=house, notices=[first.public_id])
    assert services.tell(organization=house, key="k", title="Three") is not None
    assert [each.title for each in queries.recent(house)] == ["Three", "One"]


def test_the_newest_stand_first_whenever_they_were_read(house: Organization) -> None:
    told = [services.tell(organization=house, key=title, title=title) for title in ("One", "Two", "Three", "Four")]
    for notice in (told[2], told[0]):
        assert notice is not None
        services.mark_read(organization=house, notices=[notice.public_id])
    assert [each.title for each in queries.recent(house)] == ["Four", "Two", "Three", "One"]


def test_mails_go_to_owner_and_admins(house: Organization) -> None:
    for name, role in (("admin", "admin"), ("member", "member")):
        user = builders.person(f"{name}@example.com", f"{name}'s own")
        house.memberships.create(user=user, role=role)
    services.tell(
        organization=house, key="k", title="Sold twice: <A & B>", body="Find a copy.", link="/orders/", mail=True
    )
    run_until_idle()
    assert [each.to for each in mail.outbox] == [["ada@example.com"], ["admin@example.com"]]
    sent = mail.outbox[0]
    assert sent.subject == "Sold twice: <A & B>"
    assert sent.body == (
        "Sold twice: <A & B>\n\nFind a copy.\n\nhttp://localhost:8000/orders/\n\n--\n"
        "Green Street Records on http://localhost:8000\n"
    )
    assert len({each.extra_headers["Message-ID"] for each in mail.outbox}) == 2


def test_a_mail_is_sent_once(house: Organization) -> None:
    notice = services.tell(organization=house, key="k", title="One", mail=True)
    run_until_idle()
    assert notice is not None
    enqueue("notice.mail", str(notice.uid), lane="mail")
    run_until_idle()
    assert len(mail.outbox) == 1


def test_what_is_settled_is_not_mailed(house: Organization) -> None:
    services.tell(organization=house, key="k", title="One", mail=True)
    services.forget(house, "k")
    run_until_idle()
    assert (mail.outbox, queries.unread_count(house)) == ([], 0)


def test_a_title_on_one_line(house: Organization) -> None:
    services.tell(
        organization=house, key="k" * 200, title="Sold twice: A\r\nBcc: x@example.com\x00" + "é" * 200, mail=True
    )
    run_until_idle()
    assert mail.outbox[0].subject.startswith("Sold twice: A Bcc: x@example.com é")
    assert len(Notice.objects.get().title) == 160


def test_others_see_and_mark_nothing(house: Organization, stranger: User) -> None:
    notice = services.tell(organization=house, key="k", title="One")
    assert notice is not None
    other = builders.house(stranger)
    assert services.mark_read(organization=other, notices=[notice.public_id, "ntc_nonsense"]) == 0
    assert services.mark_read(organization=other) == 0
    assert list(queries.recent(other)) == []
    with pytest.raises(NotFound):
        queries.get(other, notice.public_id)
    assert queries.unread_count(house) == 1
    assert services.mark_read(organization=house) == 1
