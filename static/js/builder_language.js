/* What the served language says about a node: its field, operators, the widget for its value. */
window.builderLanguage = () => ({
  words: {},
  fieldsIn(within) { return within ? this.words.behaviours[within]?.fields || {} : this.words.fields; },
  fieldOf(node, within) { return this.fieldsIn(within)[node.field] || { key: node.field, label: node.field, kind: "text", choices: [], isGone: true }; },
  kindOf(field) { return this.words.kinds[field.kind]; },
  operatorsOf(node, within) { return this.kindOf(this.fieldOf(node, within)).operators; },
  operatorOf(node, within) { return this.operatorsOf(node, within).find((each) => each.key === node.operator) || { key: node.operator, label: node.operator, takes: "one" }; },
  sourceOf(node) { return this.words.behaviours[node.did] || { key: node.did, label: node.did, nouns: "", kind: "date", fields: {} }; },

  /* The box for one value of a kind. */
  scalarOf(field) {
    if (field.choices?.length) return "choice";
    const boxes = { number: "number", money: "number", share: "number", date: "date", moment: "date", anniversary: "month", place: "place", sample: "sample" };
    return boxes[field.kind] || "text";
  },
  /* The widget for a shape of value. */
  widgetFor(field, takes) {
    if (takes === "one") return this.scalarOf(field);
    if (takes !== "many") return takes;
    if (field.kind === "segment") return "segments";
    return field.choices?.length ? "checks" : "chips";
  },
  widgetOf(node, within) { return this.widgetFor(this.fieldOf(node, within), this.operatorOf(node, within).takes); },

  /* Another field: keep the operator, and the value, where they still mean something. */
  setField(node, key, within) {
    const before = [this.fieldOf(node, within).kind, this.widgetOf(node, within)];
    node.field = key;
    const operators = this.operatorsOf(node, within);
    if (!operators.some((each) => each.key === node.operator)) node.operator = operators[0].key;
    const after = [this.fieldOf(node, within).kind, this.widgetOf(node, within)];
    if (before.join() !== after.join() || after[1] === "choice" || after[1] === "checks") this.clear(node, after[1]);
    this.dropUnknown(node, within);
  },
  setOperator(node, key, within) {
    const before = this.widgetOf(node, within);
    node.operator = key;
    const after = this.widgetOf(node, within);
    const held = Array.isArray(node.value) ? node.value : [node.value];
    if (before === after) { /* the value stays */ }
    else if (["chips", "checks", "two"].includes(after) && !["chips", "checks", "two"].includes(before)) node.value = held.filter((item) => !StrataValues.isEmpty(item) && typeof item !== "object");
    else if (["chips", "checks", "two"].includes(before) && ["text", "choice", "number", "date"].includes(after)) node.value = held[0] ?? "";
    else if (!(["percent", "count", "number"].includes(before) && ["percent", "count", "number"].includes(after))) this.clear(node, after);
    this.dropUnknown(node, within);
  },
  clear(node, widget) {
    if (widget === "none") delete node.value;
    else node.value = { chips: [], checks: [], segments: [], two: [], windows: [], segments_window: { segments: [] }, segments_day: { segments: [], on: "today" }, place: { km: "" }, sample: {} }[widget] ?? "";
    if (widget === "sample") node.value = { percent: "", salt: "sample" };
  },
  dropUnknown(node, within) { if (!this.operatorOf(node, within).is_negative) delete node.unknown; },

  newLeaf(key, within) {
    const node = { id: StrataTree.newId(), field: key, operator: "" };
    node.operator = this.operatorsOf(node, within)[0].key;
    this.clear(node, this.widgetOf(node, within));
    return node;
  },
  newBehaviour(did) {
    return { id: StrataTree.newId(), did, where: StrataTree.group("AND"), measure: "count", operator: "gte", value: 1 };
  },
  fromPalette(key) {
    const [sort, ...rest] = key.split(":");
    return sort === "did" ? this.newBehaviour(rest.join(":")) : this.newLeaf(rest.join(":"), "");
  },

  /* Behaviours: how often, and what is measured. */
  timesOf(node) {
    if (node.measure !== "count") return "measured";
    if (node.operator === "gte" && Number(node.value) === 1) return "once";
    return node.operator === "eq" && String(node.value) === "0" ? "never" : "measured";
  },
  setTimes(node, times) {
    Object.assign(node, { measure: "count" }, { once: { operator: "gte", value: 1 }, never: { operator: "eq", value: 0 }, measured: { operator: "gte", value: 2 } }[times]);
  },
  measureOf(node) { return this.words.measures.find((each) => each.key === String(node.measure).split(":")[0]) || this.words.measures[0]; },
  measureLabel(measure, node) {
    return measure.words.replace("{nouns}", this.sourceOf(node).nouns).replace("{field}", "…");
  },
  measuresFor(node) {
    return this.words.measures.filter((each) => !each.of_orders || this.sourceOf(node).has_share)
      .filter((each) => !each.needs_field || this.measuredFields(each, node).length)
      .map((each) => ({ key: each.key, label: this.measureLabel(each, node) }));
  },
  measuredFields(measure, node) {
    return Object.values(this.sourceOf(node).fields).filter((field) => measure.takes_any_field || this.words.measured_kinds.includes(field.kind));
  },
  measureFieldOf(node) { return String(node.measure).split(":").slice(1).join(":"); },
  setMeasure(node, key) {
    const measure = this.words.measures.find((each) => each.key === key);
    const fields = measure.needs_field ? this.measuredFields(measure, node) : [];
    const kept = fields.find((field) => field.key === this.measureFieldOf(node)) || fields[0];
    node.measure = kept ? `${key}:${kept.key}` : key;
  },
  measuredKind(node) {
    const measure = this.measureOf(node);
    const field = this.sourceOf(node).fields[this.measureFieldOf(node)];
    const kind = field && !measure.takes_any_field ? field.kind : "number";
    return { key: "measured", kind, choices: [] };
  },
  measuredWidget(node) {
    const operator = this.words.measure_operators.find((each) => each.key === node.operator);
    return this.widgetFor(this.measuredKind(node), operator?.takes || "one");
  },
  setMeasureOperator(node, key) {
    const before = this.measuredWidget(node);
    node.operator = key;
    const after = this.measuredWidget(node);
    if (before !== after) node.value = after === "two" ? [node.value, ""] : (Array.isArray(node.value) ? node.value[0] : node.value) ?? "";
  },
  setDid(node, did) {
    Object.assign(node, this.newBehaviour(did), { id: node.id });
    delete node.window;
    delete node.orders;
  },
  windowKey(node) { return Object.keys(node.window || {})[0] || ""; },
  setWindow(node, key) {
    if (!key) delete node.window;
    else node.window = { [key]: key === "between" ? [] : key === "in_period" ? this.words.periods[0].key : `30_${this.words.kinds[this.sourceOf(node).kind].units[0]}` };
  },
  windowField(node) { return { key: "when", kind: this.sourceOf(node).kind, choices: [] }; },
  windowWidget(node) {
    const window = this.words.windows.find((each) => each.key === this.windowKey(node));
    return window ? this.widgetFor(this.windowField(node), window.takes) : "none";
  },
});
