// Small improvements; every page works without them.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

// On a phone the row of pages scrolls sideways; the page one is on must be in view.
const here = document.querySelector(".main-nav [aria-current]");
if (here) here.closest(".main-nav").scrollLeft = here.offsetLeft - 24;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post" && !form.hasAttribute("hx-post")) form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Thousands are grouped while a figure is typed. Text that is no whole number ("-5", "12,5", "1.5", "1e5") stays as
// typed, so that the server refuses it by name; a group out of place is mended only where the typing itself made it.
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ".");
const plain = /^\s*\d+\s*$|^\s*\d{1,3}([. \u00a0]\d{3})+\s*$/;
const bare = (text) => text.replace(/\D/g, "");
document.addEventListener("focusin", (event) => {
  if ("dong" in event.target.dataset) event.target.dataset.was = event.target.value;
});
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!("dong" in field.dataset)) return;
  const was = field.dataset.was ?? "";
  const fromGroups = plain.test(was) && was.includes(".") && /^[\d.]*$/.test(field.value)
    && field.value.split(".").length <= was.split(".").length;
  field.dataset.was = field.value;
  if (!plain.test(field.value) && !fromGroups) return;
  const behind = bare(field.value.slice(field.selectionEnd)).length;
  field.value = grouped(bare(field.value).replace(/^0+(?=\d)/, ""));
  field.dataset.was = field.value;
  let at = field.value.length;
  for (let left = behind; left > 0 && at > 0; at -= 1) if (/\d/.test(field.value[at - 1])) left -= 1;
  field.setSelectionRange(at, at);
});

// An amount that can be worked out proves the whole form right: what the server said of it before is out of date.
document.addEventListener("htmx:afterSwap", (event) => {
  const form = event.target.closest("form");
  if (!form || !event.target.querySelector(".total")) return;
  for (const old of [...form.querySelectorAll(".field .error"), ...document.querySelectorAll(".error-summary")]) old.remove();
  for (const wrong of form.querySelectorAll(".field.wrong")) wrong.classList.remove("wrong");
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.classList.remove("is-invalid");
    const left = (control.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && !id.endsWith("_error"));
    if (left.length) control.setAttribute("aria-describedby", left.join(" "));
    else control.removeAttribute("aria-describedby");
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const shared = event.target.closest("[data-share]");
  if (shared) share(shared);
  for (const menu of document.querySelectorAll("details.menu[open], details.me[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

// Whoever taps "call" has asked for the number: dial it as soon as it is there.
document.addEventListener("htmx:afterSwap", () => {
  const number = document.querySelector("a[data-dial]");
  if (!number) return;
  number.removeAttribute("data-dial");
  number.click();
});

if (document.querySelector("[data-print-now]")) window.addEventListener("load", () => window.print());

// The telephone's own list of ways to send; where there is none, the address is copied.
async function share(button) {
  const url = button.dataset.share;
  try {
    if (navigator.share) await navigator.share({ text: button.dataset.shareText, url });
    else {
      await navigator.clipboard.writeText(`${button.dataset.shareText} ${url}`);
      button.textContent = "Đã chép, hãy dán vào tin nhắn";
    }
  } catch {
    // Closed again, or not allowed here: nothing was sent.
  }
}
