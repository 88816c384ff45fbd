"""The demonstration campaign: generated people and receipts from 2016 on that come to the published
figures.

:func:`simulate` is pure (no ORM, no clock): the same last month and seed give the same campaign.
    What it yields, and what :func:`levers_of` makes to fit it, goes through the portal's own
    operations; nobody in it is a real person (see
:mod:`~enrollment.demonstration.names`).
"""

from enrollment.demonstration.campaign import Campaign, MonthBatch
from enrollment.demonstration.followup import levers_of
from enrollment.demonstration.levers import Levers
from enrollment.demonstration.simulation import SEED, simulate

__all__ = ["SEED", "Campaign", "Levers", "MonthBatch", "levers_of", "simulate"]
