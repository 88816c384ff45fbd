"""The demonstration campaign: generated people and receipts from 2016 on that come to the published figures.

:func:`simulate` is pure (no ORM, no clock): the same last month and seed give the same campaign. What it yields goes
through the portal's own operations; nobody in it is a real person (see :mod:`~enrollment.demonstration.names`).
"""

from enrollment.demonstration.campaign import Campaign, MonthBatch
from enrollment.demonstration.simulation import simulate

__all__ = ["Campaign", "MonthBatch", "simulate"]
