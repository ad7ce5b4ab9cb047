// The frame of the letter's preview is as high as the letter; its links open beside the page.
document.addEventListener("htmx:afterSettle", () => {
  const frame = document.querySelector("iframe.digest-letter");
  if (!frame) return;
  const fit = () => {
    for (const link of frame.contentDocument.links) link.target = "_blank";
    frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + 2}px`;
  };
  frame.addEventListener("load", fit);
  addEventListener("resize", fit);
  if (frame.contentDocument?.readyState === "complete") fit();
});
