"""What the law does not allow, in words for the user."""

from __future__ import annotations

from thaithuy_bhxh.errors import Refused


class LawRefused(Refused):
    """A request that the law, or a missing parameter, refuses.

    ``field`` is the name of the input to mend: one of the fields of
    :class:`~enrollment.law.contribution.ContributionRequest`; ``message`` one Vietnamese sentence
        with the numbers.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field)
