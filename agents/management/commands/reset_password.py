from typing import Any

from django.core.management.base import CommandParser

from agents.commands import PortalCommand
from agents.models import User
from agents.operations.confirming import do_reset_on_server
from thaithuy_bhxh.errors import Refused


class Command(PortalCommand):
    help = (
        "Cấp lại mật khẩu dùng một lần trên máy chủ, khi cơ quan không còn người thứ hai "
        "để xác nhận."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USERNAME", help="tên đăng nhập")
        parser.add_argument("--factors", action="store_true", help="đặt lại cả xác thực hai lớp")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise Refused(f"Không có tài khoản {options['username']}.")
        self.stdout.write(do_reset_on_server(actor=None, user=user, factors=options["factors"]))
        self.remark("Trên đây là mật khẩu dùng một lần; phải đổi khi đăng nhập lần đầu.")
