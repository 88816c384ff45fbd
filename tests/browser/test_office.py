"""The office's people at a desk: lists with errors, stops, moves, corrections, accounts,
parameters, inspection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from agents.models import User
from enrollment.models import Participant, PolicyParameter, Receipt, Stop
from tests import builders
from tests.browser.stage import field, follow, look, press, saved
from tests.cast import Cast
from tests.enrollment.importing import d05_workbook as d05
from thaithuy_bhxh.clock import this_month, today

pytestmark = pytest.mark.browser

AN = "Người Mẫu Đặng Thị An"


@pytest.fixture
def active(cast: Cast, server: Any) -> Participant:
    """Somebody of side A, paid for 12 months from this month."""
    day = this_month().first_day
    return builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, day, months=12, full_name=AN
    ).participant


def page_of(person: Participant) -> str:
    return reverse("enrollment:participant", args=[person.pk])


def send(page: Page, *rows: list[Any], name: str) -> None:
    page.goto(reverse("enrollment:imports"))
    upload = d05.upload(rows, name)
    field(page, "Bảng kê D05-TS").set_input_files(
        {"name": name, "mimeType": str(upload.content_type), "buffer": upload.read()}
    )
    press(page, "Tải lên và kiểm tra")


def test_a_lead_brings_in_a_list_with_errors_and_then_its_correction(
    visit: Any, cast: Cast, tmp_path: Path
):
    def row(name: str, number: str, **values: Any) -> list[Any]:
        person = builders.citizen_id("female")
        return d05.row(
            f"Người Mẫu {name}", person, today(), number, cast.collector_a.code, **values
        )

    good, wrong = row("Thị Một", "MAU-1"), row("Thị Hai", "MAU-2", **{"16": "KHONG-CO"})
    page = visit(cast.lead_a)
    page.goto(reverse("enrollment:imports"))
    press(page, "Tải lên và kiểm tra")
    expect(page.get_by_role("alert")).to_contain_text("Hãy chọn tệp bảng kê.")
    look(page)
    send(page, good, wrong, name="bang-ke-loi.xlsx")
    expect(page.get_by_role("main")).to_contain_text("Có 1 dòng lỗi.")
    line = page.get_by_role("region", name="Các lỗi").get_by_role("row").filter(has_text="KHONG-CO")
    expect(line).to_contain_text(f"dòng {d05.FIRST_ROW + 1} Người Mẫu Thị Hai")
    expect(line.get_by_role("cell").first).to_contain_text("Mã nhân viên thu (16)")
    look(page)
    follow(page, "Tải tệp lỗi (Excel)")
    look(page)
    field(page, "Tải về để làm gì").fill("sửa dòng lỗi rồi nhập lại")
    with page.expect_download() as download:
        press(page, "Tải tệp lỗi (Excel)")
    sheet = load_workbook(saved(download.value, tmp_path)).worksheets[0]
    told = {
        number: " ".join(str(cell.value) for cell in sheet[number])
        for number in (d05.FIRST_ROW, d05.FIRST_ROW + 1)
    }
    assert (
        "Người Mẫu Thị Một" in told[d05.FIRST_ROW]
        and "Người Mẫu Thị Hai" in told[d05.FIRST_ROW + 1]
    )
    assert told[d05.FIRST_ROW + 1].count("KHONG-CO") > 1, "the reason names the code beside the row"
    assert not Receipt.objects.exists()
    wrong[18] = cast.collector_a.code
    send(page, good, wrong, name="bang-ke-sua.xlsx")
    expect(page.get_by_role("main")).to_contain_text("Không có lỗi.")
    look(page)
    press(page, "Xác nhận nhập 2 dòng")
    expect(page.get_by_role("main")).to_contain_text("Đã nhập. 2 biên lai")
    look(page)
    send(page, good, wrong, name="bang-ke-sua.xlsx")
    expect(page.get_by_role("main")).to_contain_text("Không có gì mới.")
    look(page)
    assert Receipt.objects.count() == 2


def test_an_officer_sees_the_own_communes_only_stops_and_moves(
    visit: Any, cast: Cast, active: Participant
):
    day = this_month().first_day
    foreign = builders.paid(
        cast.manager, cast.commune_b, cast.collector_b, day, full_name="Người Mẫu Lê Thị Cúc"
    )
    page = visit(cast.officer_a)
    page.goto("/")
    look(page)
    page.goto(reverse("enrollment:participants"))
    expect(page.get_by_role("link", name=AN)).to_be_visible()
    expect(page.get_by_text("Lê Thị Cúc")).to_have_count(0)
    look(page)
    assert page.request.get(page_of(foreign.participant)).status == 404
    assert page.request.get(reverse("enrollment:receipt", args=[foreign.pk])).status == 404
    page.goto(reverse("enrollment:stop", args=[active.pk]))
    press(page, "Ghi dừng đóng")
    expect(page.get_by_role("alert")).to_contain_text("Hãy chọn lý do.")
    look(page)
    field(page, "Chuyển BHXH bắt buộc").check()
    press(page, "Ghi dừng đóng")
    expect(page.get_by_role("status")).to_contain_text("Đã ghi dừng đóng.")
    assert Stop.objects.get().reason == "compulsory"
    look(page)
    page.get_by_text("Việc khác", exact=True).click()
    follow(page, "Chuyển nơi ở")
    field(page, "Xã, thị trấn").select_option(str(cast.commune_b.pk))
    look(page)
    press(page, "Ghi nơi ở mới")
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nơi ở mới.")
    expect(page.get_by_role("link", name=AN)).to_have_count(0)
    assert page.request.get(page_of(active)).status == 404, (
        "the person lives in somebody else's commune now"
    )


def test_whoever_corrects_second_sees_both_versions(visit: Any, cast: Cast, active: Participant):
    first, second = visit(cast.officer_a), visit(cast.manager)
    for page in (first, second):
        page.goto(reverse("enrollment:correct", args=[active.pk]))
        field(page, "Nữ", exact=True).check()
        field(page, "Ngày sinh").fill("1980")
    field(first, "Điện thoại").fill("0912345678")
    field(first, "Họ và tên").fill("Người Mẫu Đặng Thị Ấn")
    press(first, first.locator("main form button").first.inner_text())
    expect(first.get_by_role("status")).to_contain_text("Đã sửa thông tin.")
    field(second, "Họ và tên").fill("Người Mẫu Đặng Thị Ân")
    press(second, second.locator("main form button").first.inner_text())
    expect(second.get_by_role("region", name="Hai bản khác nhau")).to_be_visible()
    look(second)
    active.refresh_from_db()
    assert active.full_name == "Người Mẫu Đặng Thị Ấn", (
        "the first correction stands until the second decides"
    )
    field(second, "Bạn vừa nhập: Người Mẫu Đặng Thị Ân").check()
    press(second, second.locator("main form button").first.inner_text())
    expect(second.get_by_role("status")).to_contain_text("Đã sửa thông tin.")
    active.refresh_from_db()
    assert (active.full_name, active.phone) == ("Người Mẫu Đặng Thị Ân", "0912345678"), (
        "and nothing of it is lost"
    )


def test_an_administrator_adds_an_account_whose_first_log_in_asks_for_a_password(
    visit: Any, cast: Cast
):
    page = visit(cast.administrator)
    page.goto("/")
    look(page)
    page.goto(reverse("agents:account_add"))
    look(page)
    field(page, "Tên đăng nhập").fill("moi.thu")
    field(page, "Họ và tên").fill("Người Mẫu Tài Khoản")
    field(page, "Vai trò").select_option("manager")
    press(page, "Tạo tài khoản")
    expect(page.get_by_role("status")).to_contain_text("Đã gửi yêu cầu")
    look(page)
    second = visit(cast.manager)
    second.goto(reverse("agents:account_requests"))
    look(second)
    press(second, "Xác nhận moi.thu")
    expect(second.get_by_role("heading", level=1)).to_have_text("Mật khẩu dùng một lần")
    look(second)
    password = second.get_by_role("definition").nth(1).inner_text()
    page.goto(reverse("agents:accounts"))
    expect(page.get_by_role("link", name="moi.thu")).to_be_visible()
    look(page)
    new = visit()
    new.goto("/")
    field(new, "Tên đăng nhập").fill("moi.thu")
    field(new, "Mật khẩu").fill(password)
    press(new, "Đăng nhập")
    expect(new.get_by_role("heading", level=1)).to_contain_text("hãy đặt mật khẩu của bạn")
    look(new)
    new.goto(reverse("enrollment:participants"))
    expect(new.get_by_role("heading", level=1)).to_contain_text("hãy đặt mật khẩu của bạn")
    fields = new.locator("main input[type=password]")
    for box, value in zip(
        fields.all(), (password, builders.PASSWORD, builders.PASSWORD), strict=True
    ):
        box.fill(value)
    press(new, "Lưu mật khẩu mới")
    new.goto(reverse("enrollment:participants"))
    expect(new.get_by_role("heading", level=1)).to_have_text("Người tham gia")
    assert not User.objects.get(username="moi.thu").must_change_password


def test_an_administrator_adds_a_dated_parameter(visit: Any, cast: Cast):
    page = visit(cast.administrator)
    page.goto(reverse("enrollment:parameters"))
    look(page)
    follow(page, "Thêm dòng")
    field(page, "Tham số").select_option("Lãi suất đầu tư quỹ bình quân tháng")
    field(page, "Giá trị").fill("0,0042")
    field(page, "Có hiệu lực từ ngày").fill("01/01/2031")
    field(page, "Đến hết ngày").fill("31/12/2031")
    field(page, "Văn bản").fill("Thông báo mẫu")
    look(page)
    press(page, "Xem tác động")
    expect(page.get_by_role("main").get_by_role("button", name="Lưu", exact=True)).to_be_visible()
    look(page)
    assert not PolicyParameter.objects.filter(source="Thông báo mẫu").exists(), (
        "looking saves nothing"
    )
    press(page, "Lưu")
    expect(page.get_by_role("status")).to_contain_text("Đã lưu tham số.")
    expect(page.get_by_role("row").filter(has_text="Thông báo mẫu")).to_contain_text("0,42%")
    assert PolicyParameter.objects.get(source="Thông báo mẫu").value == "0.0042"


def test_an_auditor_reads_everything_and_changes_nothing(
    visit: Any, cast: Cast, active: Participant
):
    page = visit(cast.auditor)
    receipt = Receipt.objects.get()
    lists = (
        "enrollment:participants",
        "enrollment:parameters",
        "agents:audit",
        "agents:agents",
        "agents:communes",
        "targets:grid",
        "reports:growth",
    )
    slip = reverse("enrollment:receipt", args=[receipt.pk])
    for path in ("/", page_of(active), slip, *map(reverse, lists)):
        page.goto(path)
        look(page)
        if path != slip:  # there it leads to further pages to read
            expect(page.get_by_text("Việc khác", exact=True)).to_have_count(0)
        for word in ("Thu tiền", "Hủy biên lai", "Thêm dòng", "Ghi người", "Sửa", "Ngừng", "Giao"):
            button = page.get_by_role("main").get_by_role("button", name=word)
            expect(
                button.or_(page.get_by_role("main").get_by_role("link", name=word, exact=True))
            ).to_have_count(0)
    page.goto(page_of(active))
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    for name, key in (
        ("stop", active.pk),
        ("collect", active.pk),
        ("correct", active.pk),
        ("receipt_void", receipt.pk),
    ):
        url = reverse(f"enrollment:{name}", args=[key])
        assert page.request.post(url, form={"csrfmiddlewaretoken": token}).status == 403, name
