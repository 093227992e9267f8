"""The leaky bucket of points that every app has with every shop."""

from __future__ import annotations

from dataclasses import dataclass

SIZE, RESTORE = 2_000.0, 100.0
SINGLE_QUERY = 1_000


@dataclass(slots=True)
class Bucket:
    """Points left, restored at a steady rate."""

    size: float = SIZE
    restore: float = RESTORE
    left: float = SIZE
    at: float = 0

    def fill(self, now: float) -> float:
        """What is left now."""
        self.left = min(self.size, self.left + max(0.0, now - self.at) * self.restore)
        self.at = max(self.at, now)
        return self.left

    def take(self, points: float, now: float) -> bool:
        """Reserve points; ``False``, and nothing taken, when they are not there."""
        if self.fill(now) < points:
            return False
        self.left -= points
        return True

    def give_back(self, points: float) -> None:
        """What was reserved and not used."""
        self.left = min(self.size, self.left + points)

    def as_json(self) -> dict[str, float]:
        """As every answer tells it."""
        return {
            "maximumAvailable": self.size,
            "currentlyAvailable": int(self.left),
            "restoreRate": self.restore,
        }
