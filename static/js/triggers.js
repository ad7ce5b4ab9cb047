// The form of a trigger: shows the boxes that go with what was chosen, and asks before something is lost.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-trigger]");
  const parts = form ? [...form.querySelectorAll("[data-shown]")] : [];
  const show = () => {
    for (const part of parts) {
      const [name, values] = part.dataset.shown.split("=");
      const box = form.elements.namedItem(name);
      part.hidden = !values.split(" ").includes(box.value);
      for (const inner of part.querySelectorAll("input, select, textarea")) {
        inner.disabled = inner.closest("[data-shown][hidden]") !== null;
      }
    }
  };
  form?.addEventListener("change", show);
  if (form) show();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
});
