// The samples pages: words in use become chips, patterns are tried while they are typed.
document.addEventListener("DOMContentLoaded", () => {
  const tried = document.querySelector("[data-try]");
  if (tried) tryPatterns(tried);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add]");
  if (!button) return;
  const area = document.getElementById(`id_${button.dataset.add}`);
  area.dispatchEvent(new CustomEvent("add-word", { detail: button.dataset.word }));
});

// A dialog whose inside has been fetched is opened; its buttons close it.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches?.("dialog") && !event.target.open) event.target.showModal();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("dialog [data-closes]") || event.target.matches("dialog")) {
    event.target.closest("dialog").close();
  }
});

function tryPatterns(place) {
  const area = document.getElementById("id_channel_patterns");
  const token = area.form.elements.csrfmiddlewaretoken.value;
  let waiting;
  const ask = () => {
    const typed = document.getElementById("id_channel_patterns_next")?.value ?? "";
    const values = { patterns: `${area.value}\n${typed}`, csrfmiddlewaretoken: token };
    htmx.ajax("POST", place.dataset.try, { target: place, swap: "innerHTML", values });
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 300);
  };
  area.addEventListener("change", soon);
  area.parentElement.addEventListener("input", soon);
  soon();
}
