// Small conveniences of the commerce pages; each works without them, with one click more.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});
