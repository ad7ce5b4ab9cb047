// The chart of samples by type: bars in the colours of the badges, also after a change to dark.
document.addEventListener("DOMContentLoaded", () => {
  const canvas = document.getElementById("samples-chart");
  if (!canvas || !window.Chart) return;
  const told = JSON.parse(canvas.dataset.chart);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const chart = new Chart(canvas, {
    type: "bar",
    data: {
      labels: told.labels,
      datasets: told.series.map((series) => ({ key: series.key, label: series.label, data: series.values })),
    },
    options: {
      maintainAspectRatio: false,
      animation: false,
      scales: { x: { grid: { display: false } }, y: { beginAtZero: true, ticks: { precision: 0 } } },
    },
  });
  function paint() {
    for (const series of chart.data.datasets) series.backgroundColor = colour(`--seg-${series.key}`);
    for (const scale of Object.values(chart.options.scales)) {
      scale.ticks = { ...scale.ticks, color: colour("--s-muted") };
      scale.grid = { ...scale.grid, color: colour("--s-line") };
    }
    chart.options.plugins.legend.labels.color = colour("--s-text");
    chart.update();
  }
  paint();
  new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["class"] });
});
