"""The law of contributions and benefits: pure, exact, without database or clock
(docs/rules.md 4).
"""

from enrollment.law.benefits import (
    Benefit,
    History,
    allowance,
    funeral,
    health_card,
    maternity,
    one_off,
    survivors,
)
from enrollment.law.contribution import AT_PAYMENT, ContributionRequest, Quote, quote
from enrollment.law.indexation import AverageIncome, IncomePeriod, average_income
from enrollment.law.methods import (
    METHODS,
    Method,
    NextPeriod,
    grace_months,
    last_day,
    method_of,
    next_period,
)
from enrollment.law.outlook import Outlook, OutlookRequest, five_years_later, outlook
from enrollment.law.parameters import (
    GROUPS,
    LABELS,
    Parameter,
    ParameterTable,
    label_of,
    parameters_from_policy,
)
from enrollment.law.pensions import Pension, PensionRequest, pension
from enrollment.law.readings import DEFAULT, READINGS, Readings
from enrollment.law.refunds import Refund, RefundRequest, refund
from enrollment.law.refusals import LawRefused
from enrollment.law.replay import differences, replay
from enrollment.law.retirement import birthday_of_year, reaches_age
from enrollment.law.steps import Step

__all__ = [
    "AT_PAYMENT",
    "AverageIncome",
    "Benefit",
    "ContributionRequest",
    "DEFAULT",
    "GROUPS",
    "History",
    "IncomePeriod",
    "LABELS",
    "LawRefused",
    "METHODS",
    "Method",
    "NextPeriod",
    "Outlook",
    "OutlookRequest",
    "Parameter",
    "ParameterTable",
    "Pension",
    "PensionRequest",
    "Quote",
    "READINGS",
    "Readings",
    "Refund",
    "RefundRequest",
    "Step",
    "allowance",
    "average_income",
    "birthday_of_year",
    "differences",
    "five_years_later",
    "funeral",
    "grace_months",
    "health_card",
    "label_of",
    "last_day",
    "maternity",
    "method_of",
    "next_period",
    "one_off",
    "outlook",
    "parameters_from_policy",
    "pension",
    "quote",
    "reaches_age",
    "refund",
    "replay",
    "survivors",
]
