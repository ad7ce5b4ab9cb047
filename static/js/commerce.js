// Small conveniences of the commerce pages; each works without them, with one click more.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-submits]")) box.form.requestSubmit();
  if (box.matches("[data-tick-all]")) {
    box.form.querySelectorAll("[data-tick]").forEach((tick) => (tick.checked = box.checked));
  }
  if (box.matches("[data-tick], [data-tick-all]")) showTicked(box.form);
  if (box.matches("[data-bulk] [name=action]")) showBoxes(box.form);
});

function showTicked(form) {
  const ticked = form.querySelectorAll("[data-tick]:checked").length;
  form.querySelector("[data-ticked]").textContent = ticked;
  if (ticked) form.querySelector(".bulk").open = true;
}

// Only the boxes that the chosen action needs.
function showBoxes(form) {
  const action = form.elements.action.value;
  form.elements.attribute.closest(".field").hidden = action !== "attribute";
  form.elements.text.closest(".field").hidden = action.startsWith("vip");
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-bulk]").forEach((form) => {
    showBoxes(form);
    showTicked(form);
  });
});
