/* The boxes of values: each reads and writes one place of a node. */
window.builderBoxes = () => ({
  /* The scope of a value's template: `value` is the place `path` of `node`. */
  box(node, path, field, units = null) {
    return {
      node, path, field, typing: "", offered: [], of: "", asked: null,
      get value() { return StrataTree.readAt(this.node, this.path); },
      set value(next) { StrataTree.writeAt(this.node, this.path, next); },
      get units() { return units || this.words.kinds[this.field.kind]?.units || this.words.kinds.date.units; },
      get items() { return Array.isArray(this.value) ? this.value : []; },
      get listId() { return `offers-${this.node.id}-${this.path.join("-")}`; },
    };
  },
  labelOf(field) { return field.label || "Value"; },

  /* Suggestions, asked for when a box is entered and while it is typed in. */
  async suggest(box, did, text) {
    if (!box.field || !["text", "list"].includes(box.field.kind) || box.asked === text) return;
    box.asked = text;
    const query = new URLSearchParams({ field: box.field.key, q: text, ...(did ? { did } : {}) });
    try {
      const response = await fetch(`${this.start.links.values}?${query}`, { credentials: "same-origin" });
      if (!response.ok || box.asked !== text) return;
      const found = await response.json();
      [box.offered, box.of] = [found.values, found.of];
    } catch { /* a box without suggestions is still a box */ }
  },
  offerLabel(box, offer) { return offer.count ? `${this.figure(offer.count)} ${box.of}` : ""; },

  addItem(box) {
    const typed = box.typing.split(",").map((item) => item.trim()).filter(Boolean);
    if (typed.length) box.value = [...new Set([...box.items, ...typed])].slice(0, this.words.bounds.max_values);
    box.typing = "";
  },
  /* Choosing from the list of suggestions arrives as one input event without typing. */
  typed(box, event) {
    const isChosen = event.inputType === "insertReplacementText" || event.inputType === undefined;
    if (isChosen && box.offered.some((offer) => offer.value === box.typing) || box.typing.endsWith(",")) this.addItem(box);
  },
  dropItem(box, item) { box.value = box.items.filter((other) => other !== item); },
  toggleItem(box, key) { box.value = box.items.includes(key) ? box.items.filter((other) => other !== key) : [...box.items, key]; },
  segmentName(id) { return this.words.segments.find((each) => String(each.id) === String(id) || each.slug === id)?.name || `Segment ${id}`; },
  addSegment(box, select) {
    if (select.value) box.value = [...new Set([...box.items, Number(select.value)])];
    select.value = "";
  },

  pointOf(box) { return StrataValues.point(box.value, box.units); },
  setPoint(box, part) {
    const next = { ...this.pointOf(box), ...part };
    if (part.mode === "ago" || part.mode === "from_now") next.count = next.count || "30";
    box.value = StrataValues.pointOf(next);
  },
  spanOf(box) { return StrataValues.span(box.value, box.units); },
  setSpan(box, part) {
    const { count, unit } = { ...this.spanOf(box), ...part };
    box.value = StrataValues.spanOf(count, unit);
  },
  /* Both ends of "between 30 and 60 days ago" have one unit. */
  spansOf(box) {
    const [near, far] = [0, 1].map((place) => StrataValues.span(box.items[place], box.units.filter((unit) => unit !== "hours")));
    return { near: near.count, far: far.count, unit: box.items.length ? near.unit : box.units[0] };
  },
  setSpans(box, part) {
    const next = { ...this.spansOf(box), ...part };
    box.value = [StrataValues.spanOf(next.near, next.unit), StrataValues.spanOf(next.far, next.unit)];
  },
  setDistance(box, part) {
    const now = { ...(box.value || {}) };
    const unit = part.unit || ("mi" in now ? "mi" : "km");
    const distance = part.distance ?? now.km ?? now.mi ?? "";
    box.value = { lat: part.lat ?? now.lat ?? "", lon: part.lon ?? now.lon ?? "", [unit]: distance };
  },
});
