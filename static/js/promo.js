// The form of a promo code: finds segments as one types, marks the chosen rows, and asks for the
// audience again. Without this script every box still works; only the search is the browser's own.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-promo]");
  if (!form) return;
  const rows = [...form.querySelectorAll("[data-row]")];
  const find = form.querySelector("[data-find]");
  const none = form.querySelector("[data-none]");
  const said = form.querySelector("[data-said]");
  const audience = form.querySelector("[data-audience]");
  const value = form.querySelector("[data-value]");
  const fold = (text) => text.normalize("NFKC").trim().toLowerCase();

  function show() {
    const wanted = fold(find.value);
    let shown = 0;
    for (const row of rows) {
      row.hidden = Boolean(wanted) && !fold(row.dataset.text).includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    none.hidden = shown > 0 || rows.length === 0;
    said.textContent = wanted ? `${shown} segments` : "";
  }

  function settle() {
    value.hidden = form.elements.discount.value === "free_shipping";
  }

  find.addEventListener("input", show);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // would save the form
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-side]")) {
      const row = event.target.closest("[data-row]");
      row.className = event.target.value ? `is-${event.target.value}` : "";
    }
    if (event.target.matches("[data-side], [name=match]")) {
      audience.dispatchEvent(new CustomEvent("promo-changed"));
    }
    settle();
  });
  settle();
});
