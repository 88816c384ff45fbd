import sys
from typing import Any

from django.core.management.base import CommandParser

from agents.commands import PortalCommand
from agents.models import CollectionAgent, Collector, Commune, Role
from agents.operations.accounts import Post, do_create_account
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean


class Command(PortalCommand):
    help = (
        "Tạo một tài khoản; không có mật khẩu thì in mật khẩu dùng một lần, phải đổi khi "
        "đăng nhập lần đầu."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USERNAME", help="tên đăng nhập")
        parser.add_argument("--role", required=True, choices=Role.values, help="vai trò")
        parser.add_argument("--name", default="", help="họ và tên")
        parser.add_argument(
            "--agent", metavar="CODE", help="mã đại lý (nhân viên thu, phụ trách đại lý)"
        )
        parser.add_argument("--collector", metavar="CODE", help="mã nhân viên thu")
        parser.add_argument(
            "--communes", metavar="CODE,…", default="", help="mã xã giao cho chuyên quản từ hôm nay"
        )
        parser.add_argument(
            "--password-stdin", action="store_true", help="đọc mật khẩu từ đầu vào chuẩn"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        post = Post(
            role=options["role"],
            agent=_agent(options["agent"]) if options["agent"] else None,
            collector=_collector(options["collector"]) if options["collector"] else None,
        )
        account = do_create_account(
            actor=None,
            username=options["username"],
            full_name=options["name"],
            post=post,
            communes=_communes(options["communes"]),
            password=sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None,
        )
        self.remark(
            f"Đã tạo tài khoản {account.user.username} ({account.user.get_role_display()})."
        )
        if account.one_time_password:
            self.stdout.write(account.one_time_password)
            self.remark("Trên đây là mật khẩu dùng một lần; phải đổi khi đăng nhập lần đầu.")


def _agent(code: str) -> CollectionAgent:
    found: CollectionAgent | None = CollectionAgent.objects.filter(code__iexact=clean(code)).first()
    if found is None:
        raise Refused(f"Không có đại lý mã {code}.")
    return found


def _collector(code: str) -> Collector:
    found = (
        Collector.objects.select_related("point__agent").filter(code__iexact=clean(code)).first()
    )
    if found is None:
        raise Refused(f"Không có nhân viên thu mã {code}.")
    return found


def _communes(codes: str) -> list[Commune]:
    """The units of today with these codes."""
    wanted = list(dict.fromkeys(clean(code) for code in codes.split(",") if clean(code)))
    found = {unit.code: unit for unit in Commune.objects.valid_on(today()).filter(code__in=wanted)}
    if missing := [code for code in wanted if code not in found]:
        raise Refused(
            f"Hôm nay không có xã mã {', '.join(missing)}; hãy dùng mã của đơn vị hiện nay."
        )
    return [found[code] for code in wanted]
