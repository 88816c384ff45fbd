from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from agents.commands import PortalCommand, acting_user
from enrollment.models import Receipt
from enrollment.operations.receipts import do_void_receipt
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import receipt_number


class Command(PortalCommand):
    help = "Hủy một biên lai từ một ngày, có lý do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="số biên lai")
        parser.add_argument(
            "--on", required=True, type=date.fromisoformat, help="ngày hủy, YYYY-MM-DD"
        )
        parser.add_argument("--reason", required=True, help="lý do")
        parser.add_argument("--as", dest="username", required=True, help="tài khoản thực hiện")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = acting_user(options["username"])
        receipt = (
            Receipt.objects.visible_to(actor)
            .filter(number=receipt_number(options["number"]))
            .first()
        )
        if receipt is None:
            raise Refused(f"Không tìm thấy biên lai số {options['number']}.")
        do_void_receipt(actor=actor, receipt=receipt, on=options["on"], reason=options["reason"])
        self.remark(f"Đã hủy biên lai {receipt.number}.")
