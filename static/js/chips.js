// Turns <textarea data-chips>, one word a line, into chips with a box for the next word.
// Without this script the textarea itself is filled in.
function makeChips(area) {
  const list = document.createElement("ul");
  const box = document.createElement("input");
  list.className = "chips";
  box.className = "box";
  box.setAttribute("aria-label", `Add to ${area.labels[0]?.textContent.trim() ?? "the list"}`);
  box.placeholder = "Add …";
  const words = () => area.value.split("\n").map((word) => word.trim()).filter(Boolean);

  function write(all) {
    area.value = [...new Set(all)].join("\n");
    show();
    area.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show() {
    list.replaceChildren(...words().map((word) => {
      const chip = document.createElement("li");
      const remove = document.createElement("button");
      chip.className = "chip";
      chip.append(word, remove);
      remove.type = "button";
      remove.textContent = "×";
      remove.setAttribute("aria-label", `Remove ${word}`);
      remove.addEventListener("click", () => {
        write(words().filter((other) => other !== word));
        box.focus();
      });
      return chip;
    }));
  }

  function take() {
    const typed = box.value.split(/[,\n]/).map((word) => word.trim()).filter(Boolean);
    if (typed.length) write([...words(), ...typed]);
    box.value = "";
  }

  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && !box.value) {
      write(words().slice(0, -1));
    }
  });
  // A box of one line would swallow the line breaks of a pasted list.
  box.addEventListener("paste", (event) => {
    event.preventDefault();
    box.setRangeText(event.clipboardData.getData("text").replace(/[\r\n\t]+/g, ","), box.selectionStart, box.selectionEnd, "end");
    take();
  });
  area.form.addEventListener("submit", take);
  area.addEventListener("add-word", (event) => write([...words(), event.detail]));
  area.hidden = true;
  box.id = `${area.id}_next`;
  for (const label of [...area.labels]) label.htmlFor = box.id;
  area.after(list, box);
  show();
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-chips]").forEach(makeChips);
});
