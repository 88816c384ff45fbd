"""The demonstration campaign: generated people and receipts from 2016 on, with published totals.

:func:`simulate` is pure (no ORM, no clock): the same last month and seed give the same campaign.
Its result and that of :func:`side_records_of` are saved through the portal's own operations. No
person in it is real (see :mod:`~enrollment.demonstration.names`).
"""

from enrollment.demonstration.campaign import Campaign, MonthBatch
from enrollment.demonstration.service import side_records_of
from enrollment.demonstration.side_records import SideRecords
from enrollment.demonstration.simulation import SEED, simulate

__all__ = ["SEED", "Campaign", "MonthBatch", "SideRecords", "side_records_of", "simulate"]
