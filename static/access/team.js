// Team and service keys: copy a link or a key, and ask before somebody loses what they have.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-confirm]");
  if (!button) return;
  if (button.dataset.confirm && !window.confirm(button.dataset.confirm)) event.preventDefault();
  if (!button.dataset.copy) return;
  const box = document.getElementById(button.dataset.copy);
  box.select();
  try {
    await navigator.clipboard.writeText(box.value);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Press Ctrl+C"; // the link is selected; plain http has no clipboard
  }
});
