// The drop box says which file it holds and refuses one that is too large before it is sent.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches("[data-limit]")) return;
  const form = box.form, file = box.files[0], told = form.querySelector("[data-too-large]");
  form.querySelector("[data-name]").textContent = file ? file.name : "Drop a CSV file here, or choose one";
  const isTooLarge = Boolean(file) && file.size > Number(box.dataset.limit);
  told.hidden = !isTooLarge;
  told.textContent = isTooLarge ? `The file is larger than ${box.dataset.words}. Split it, pack it with gzip, or have it imported by command.` : "";
  form.querySelector("[type=submit]").disabled = isTooLarge;
});

document.addEventListener("submit", (event) => {
  const words = event.submitter?.dataset.confirm;
  if (words && !window.confirm(words)) return event.preventDefault();
  if (event.target.matches("[data-upload]")) {
    const button = event.target.querySelector("[type=submit]");
    button.textContent = "Sending the file …";
    button.disabled = true;
  }
});

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.target.closest?.(".drop")?.classList.toggle("is-over", name === "dragover");
  });
}
