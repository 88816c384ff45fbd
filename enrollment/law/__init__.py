"""The law of contributions: pure, exact, without database or clock (domain.md section 4)."""

from enrollment.law.contribution import AT_PAYMENT, ContributionRequest, Quote, quote
from enrollment.law.methods import METHODS, Method, NextPeriod, grace_months, last_day, method_of, next_period
from enrollment.law.parameters import GROUPS, LABELS, Parameter, ParameterTable, label_of, parameters_from_policy
from enrollment.law.refusals import LawRefused
from enrollment.law.steps import Step

__all__ = [
    "AT_PAYMENT",
    "GROUPS",
    "LABELS",
    "METHODS",
    "ContributionRequest",
    "LawRefused",
    "Method",
    "NextPeriod",
    "Parameter",
    "ParameterTable",
    "Quote",
    "Step",
    "grace_months",
    "label_of",
    "last_day",
    "method_of",
    "next_period",
    "parameters_from_policy",
    "quote",
]
