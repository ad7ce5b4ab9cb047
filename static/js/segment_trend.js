/* The size of a segment over time: a line, and bars of who came and left. Colours follow the theme. */
document.addEventListener("DOMContentLoaded", () => {
  const canvas = document.getElementById("size-chart"), source = document.getElementById("size-data");
  if (!canvas || !source || !window.Chart) return;
  const data = JSON.parse(source.textContent);
  const root = document.documentElement;
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const day = (text) => new Date(`${text}T12:00:00Z`).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  const shade = () => ({ line: colour("--s-accent"), came: colour("--s-good"), left: colour("--s-bad"), grid: colour("--s-line"), text: colour("--s-muted") });
  /* Colours a chart's parts; before it is drawn, and again when the theme changes. */
  const paint = ({ data: { datasets }, options }) => {
    const { line, came, left, grid, text } = shade();
    [line, came, left].forEach((tone, place) => Object.assign(datasets[place], { borderColor: tone, backgroundColor: tone }));
    Object.values(options.scales).forEach((scale) => { scale.grid.color = grid; scale.ticks.color = scale.title.color = text; });
    options.plugins.legend.labels.color = text;
  };
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const figure = (value) => Math.abs(value).toLocaleString("en-US");
  const scale = (title, extra) => ({ grid: {}, ticks: { precision: 0 }, title: { display: Boolean(title), text: title }, ...extra });
  const parts = {
    data: {
      labels: data.labels.map(day),
      datasets: [
        { type: "line", label: "Members", data: data.size, yAxisID: "y", pointRadius: 0, pointHitRadius: 12, borderWidth: 2, stepped: true },
        { type: "bar", label: "Came in", data: data.entered, yAxisID: "moves", stack: "moves" },
        { type: "bar", label: "Left", data: data.left, yAxisID: "moves", stack: "moves" },
      ],
    },
    options: {
      responsive: true, maintainAspectRatio: false, animation: still ? false : undefined, interaction: { mode: "index", intersect: false },
      scales: {
        x: scale("", { grid: { display: false }, ticks: { maxTicksLimit: 8, maxRotation: 0 } }),
        y: scale("Members", { beginAtZero: false }),
        moves: scale("Came in / left", { position: "right", grid: { drawOnChartArea: false }, grace: "150%", ticks: { precision: 0, callback: figure } }),
      },
      plugins: { legend: { display: true, position: "bottom", align: "start", labels: { boxWidth: 12 } }, tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${figure(item.parsed.y)}` } } },
    },
  };
  paint(parts);
  const chart = new window.Chart(canvas, parts);
  new MutationObserver(() => { paint(chart.config); chart.update(); }).observe(root, { attributes: true, attributeFilter: ["class"] });
});
