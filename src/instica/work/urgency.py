"""What goes first."""

from __future__ import annotations

from enum import IntEnum


class Urgency(IntEnum):
    """The order within a lane and between lanes: the smaller goes first."""

    END = 0
    LEVEL = 1
    ORDER = 2
    PERSON = 3
    REVISE = 4
    PUBLISH = 5
    READ = 6

    @property
    def bulk(self) -> bool:
        """Whether nobody waits for it: such work may hold only a share of the workers."""
        return self > Urgency.PERSON

    @property
    def ceiling(self) -> Urgency:
        """The least urgent task that may run on in the place this one was given."""
        return Urgency.READ if self.bulk else Urgency.PERSON
