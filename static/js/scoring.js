/* Scoring settings: which method's boxes show, presets of weights, painting codes into segments. */
document.addEventListener("alpine:init", () => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  Alpine.data("scoring", () => ({
    method: "", mapKey: "", brush: "", cells: {}, maps: {}, presets: {},
    init() {
      this.method = this.$root.dataset.method;
      this.mapKey = this.$root.dataset.map;
      this.cells = this.$root.dataset.cells ? JSON.parse(this.$root.dataset.cells) : {};
      this.maps = read("rfm-maps");
      this.presets = read("weight-presets");
      const choice = this.$root.querySelector("#id_map_key");
      choice.addEventListener("change", () => { this.mapKey = choice.value; this.cells = {}; });
    },
    map() { return this.maps[this.mapKey] || { cells: {}, status: {}, labels: {}, summary: "" }; },
    segment(code) { return this.cells[code] || this.map().cells[code]; },
    label(key) {
      const named = this.map().labels[key];
      return named || key.replaceAll("_", " ");
    },
    title(code) {
      const status = this.cells[code] ? "own" : this.map().status[code];
      const words = { source: "the source’s own", "resolved-overlap": "settled between two of the source’s", filled: "fills a gap", own: "yours" };
      return `${code}: ${this.label(this.segment(code) || "")} (${words[status] || ""})`;
    },
    classes(code) {
      const filled = !this.cells[code] && this.map().status[code] === "filled";
      return `seg-${this.segment(code)}${filled ? " is-filled" : ""}${this.cells[code] ? " is-painted" : ""}`;
    },
    paint(code) {
      if (!this.brush) return;
      const cells = { ...this.cells, [code]: this.brush };
      if (this.map().cells[code] === this.brush) delete cells[code];
      this.cells = cells;
    },
    painted() { return Object.keys(this.cells).length ? JSON.stringify(this.cells) : ""; },
    usePreset(key) {
      const preset = this.presets[key];
      if (!preset) return;
      ["r", "f", "m"].forEach((letter, place) => {
        this.$root.querySelector(`#id_weight_${letter}`).value = preset.weights[place];
      });
    },
  }));
});
