/* The drawer of “why”: opens with the answer, closes by Escape, button or a click beside it; focus returns by itself. */
(() => {
  if (window.strataDrawer) return;
  window.strataDrawer = true;
  const drawer = () => document.getElementById("why-drawer");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id !== "why") return;
    const holder = drawer();
    document.getElementById("why").innerHTML = '<div class="stack-tight" aria-hidden="true"><div class="skeleton s-sk"></div><div class="skeleton s-sk"></div><div class="skeleton s-sk"></div></div>';
    if (!holder.open) holder.showModal();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "why") document.getElementById("why-title")?.focus();
  });
  const failed = (event) => {
    if (event.detail.target?.id !== "why") return;
    document.getElementById("why").innerHTML = '<p class="note is-bad" role="alert">This could not be fetched. Close it and try again; you may have to sign in anew.</p>';
  };
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("click", (event) => { if (event.target === drawer()) drawer().close(); });
})();
