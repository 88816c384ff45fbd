"""Whether a receipt on paper is true: the page behind its QR code. Public, throttled, and naming
nobody.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from enrollment.access import receipt_of_code
from enrollment.models import Receipt
from enrollment.rating_code import PROOF, code_of
from thaithuy_bhxh.qr import qr_of
from thaithuy_bhxh.web.public_pages import open_to_all


def proof_of(request: HttpRequest, receipt: Receipt) -> dict[str, Any]:
    """``proof_address`` and its ``qr`` for a receipt's page and slip."""
    path = reverse("enrollment:receipt_proof", args=[code_of(receipt.pk, PROOF)])
    address = request.build_absolute_uri(path)
    return {"proof_address": address, "qr": qr_of(address)}


@open_to_all("rating")
def receipt_proof(request: HttpRequest, code: str) -> HttpResponse:
    """Number, day, agent, months, amount, and whether it was voided: what the paper says but the
    person. Unknown, mistyped and made-up codes are answered alike.
    """
    receipt = receipt_of_code(code, PROOF)
    status = 200 if receipt else 404
    return render(request, "enrollment/receipt_proof.html", {"receipt": receipt}, status=status)
