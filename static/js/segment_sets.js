// The order of a set: rows move by the arrows (or by dragging), are added by the box, taken out by ×.
// The boxes are sent in the order in which they stand; without this script the box adds one a save.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-set]");
  if (!form) return;
  const rows = form.querySelector("[data-rows]");
  const said = form.querySelector("[data-said]");
  const add = form.querySelector("[data-add]");
  const blank = document.querySelector("[data-blank]");

  const nameOf = (row) => row.querySelector("[data-name]").textContent;
  const place = (row) => [...rows.children].indexOf(row) + 1;

  function offer() {
    const taken = new Set([...rows.querySelectorAll("[name=segment]")].map((box) => box.value));
    for (const option of add.options) option.disabled = taken.has(option.value);
  }

  function move(row, where, button) {
    const name = nameOf(row);
    if (where === "out") {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      said.textContent = `${name} is taken out.`;
      (next?.querySelector("[data-move=out]") ?? add).focus();
    } else {
      const other = where === "up" ? row.previousElementSibling : row.nextElementSibling;
      if (other) where === "up" ? other.before(row) : other.after(row);
      said.textContent = `${name} is number ${place(row)} of ${rows.children.length}.`;
      button.focus();
    }
    offer();
  }

  rows.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) move(button.closest("li"), button.dataset.move, button);
  });
  rows.addEventListener("keydown", (event) => {
    const step = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (step && event.altKey && event.target.closest("li")) {
      event.preventDefault();
      move(event.target.closest("li"), step, event.target);
    }
  });
  add.addEventListener("change", () => {
    const option = add.selectedOptions[0];
    if (!option.value) return;
    const name = option.textContent.replace(/ \([^)]*\)$/, "");
    const row = blank.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = name;
    row.querySelector("[name=segment]").value = option.value;
    row.querySelector("[name=use]").setAttribute("aria-label", `What you do with ${name}`);
    const words = { up: `Move ${name} up`, down: `Move ${name} down`, out: `Take ${name} out` };
    for (const [key, text] of Object.entries(words)) {
      row.querySelector(`[data-move=${key}]`).setAttribute("aria-label", text);
    }
    rows.append(row);
    add.value = "";
    offer();
    said.textContent = `${name} is number ${place(row)}.`;
    row.querySelector("[name=use]").focus();
  });
  const confirmed = document.querySelector("[data-confirm]");
  confirmed?.addEventListener("submit", (event) => {
    if (!window.confirm(confirmed.dataset.confirm)) event.preventDefault();
  });
  offer();
});
