"""Counters of the metadata service, by the names of CloudWatch's metrics.

Source: EC2 User Guide, "CloudWatch metrics that are available for your instances".
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from http import HTTPStatus

METADATA_NO_TOKEN = "MetadataNoToken"
METADATA_NO_TOKEN_REJECTED = "MetadataNoTokenRejected"


class Counters:
    """Counts for each instance what was asked without a metadata token."""

    def __init__(self) -> None:
        self._answered: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()

    def without_token(self, instance: str, status: int) -> None:
        """A request of IMDSv1: answered with success, or refused since v1 is closed.

        What else comes of one (no such path, the endpoint is disabled) counts as neither.
        """
        if status == HTTPStatus.OK:
            self._answered[instance] += 1
        elif status == HTTPStatus.UNAUTHORIZED:
            self._rejected[instance] += 1

    def of(self, instance: str) -> Mapping[str, int]:
        """Both counts of an instance, since the start or the last clearing."""
        return {
            METADATA_NO_TOKEN: self._answered[instance],
            METADATA_NO_TOKEN_REJECTED: self._rejected[instance],
        }

    def keep(self, instances: Iterable[str]) -> None:
        """Forget the counts of all others."""
        names = set(instances)
        for counter in (self._answered, self._rejected):
            for name in set(counter) - names:
                del counter[name]

    def clear(self) -> None:
        """Count from zero."""
        self._answered.clear()
        self._rejected.clear()
