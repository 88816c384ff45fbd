// The slider moves the income field; without scripts the field alone does.
for (const slider of document.querySelectorAll("[data-slides]")) {
  const field = document.getElementById(slider.dataset.slides);
  const digits = () => Number(field.value.replace(/\D/g, "")) || Number(slider.min);
  slider.hidden = false;
  slider.value = digits();
  slider.addEventListener("input", () => {
    field.value = slider.value;
    field.setSelectionRange(field.value.length, field.value.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.addEventListener("input", () => { slider.value = digits(); });
}
