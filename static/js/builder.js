/* The segment builder: the tree, its pickers, the text view, saving. The parts stand in builder_*.js. */
document.addEventListener("alpine:init", () => {
  const json = (id) => JSON.parse(document.getElementById(id).textContent);
  const templates = new Map();
  const [shown, sets, made] = [new WeakMap(), new WeakMap(), new WeakMap()];

  /* What is derived from a part of the language is derived once. */
  function once(part, name, derive) {
    if (!made.has(part)) made.set(part, {});
    const held = made.get(part);
    held[name] ??= derive(part);
    return held[name];
  }
  function optionsOf(groups) {
    const fragment = document.createDocumentFragment();
    groups.forEach((group) => {
      const items = group.items.map((item) => new Option(item.label, item.key));
      if (!group.label) return fragment.append(...items);
      const holder = document.createElement("optgroup");
      holder.label = group.label;
      holder.append(...items);
      return fragment.append(holder);
    });
    return fragment;
  }

  Alpine.data("builder", () => ({
    ...window.builderLanguage(), ...window.builderHistory(), ...window.builderMoves(), ...window.builderAudience(), ...window.builderBoxes(),
    start: {}, root: { id: "root", logic: "AND", rules: [] }, within: "", saved: "", version: 0,
    name: "", description: "", rate: "", said: "", search: "", text: "", textFault: "", isTextShown: false,
    saving: { isBusy: false, boxes: {}, faults: [], impact: null, isAsking: false },

    init() {
      // Frozen: what never changes is not worth watching, and watching it made a large rule slow.
      [this.words, this.start] = [Object.freeze(json("builder-words")), Object.freeze(json("builder-start"))];
      this.root = StrataTree.read(this.start.rules);
      this.saved = JSON.stringify(this.root);
      [this.name, this.description, this.rate, this.version] = [this.start.name, this.start.description, this.start.rate, this.start.version];
      this.takeDraft();
      this.present = JSON.stringify(this.root);
      this.showRecent();
      this.showText();
      Alpine.effect(() => { JSON.stringify(this.root); queueMicrotask(() => this.remember()); });
      this.ask(0);
    },
    say(words) {
      this.said = "";
      setTimeout(() => { this.said = words; }, 30);
    },

    /* A template is cloned and started by hand: groups hold groups, to any depth. */
    mount(name, element) {
      if (!templates.has(name)) templates.set(name, document.getElementById(`b-${name}`).content.firstElementChild);
      const made = templates.get(name).cloneNode(true);
      Alpine.mutateDom(() => element.append(made));
      Alpine.initTree(made);
    },
    templateOf(node) { return StrataTree.isGroup(node) ? "group" : node.did !== undefined ? "behaviour" : "leaf"; },
    isGroup: (node) => StrataTree.isGroup(node),

    /* Options are plain elements, copied from one set per list: a hundred conditions with eighty fields
       each would be slow as bindings. */
    options(select, groups, chosen, gone = "no longer there") {
      if (shown.get(select) !== groups) {
        if (!sets.has(groups)) sets.set(groups, optionsOf(groups));
        select.replaceChildren(sets.get(groups).cloneNode(true));
        shown.set(select, groups);
      }
      const value = String(chosen ?? "");
      select.value = value;
      if (select.value === value && select.selectedIndex >= 0) return;
      select.prepend(new Option(value ? `${value} (${gone})` : "Choose …", value));
      select.value = value;
    },
    flat(items) { return once(items, "flat", () => [{ label: "", items }]); },
    fieldGroups(within) {
      return once(this.fieldsIn(within), "groups", (held) => {
        const fields = Object.values(held);
        if (within) return [{ label: "", items: fields }];
        return this.words.families.map((family) => ({ label: family.label, items: fields.filter((field) => field.family === family.key) })).filter((group) => group.items.length);
      });
    },
    /* What "Add" offers: fields, and outside of a behaviour what customers did. */
    additions(within) {
      return once(this.fieldsIn(within), "additions", () => {
        const prefix = (group, sort) => ({ label: group.label, items: group.items.map((item) => ({ key: `${sort}:${item.key}`, label: item.label })) });
        const groups = this.fieldGroups(within).map((group) => prefix(group, "field"));
        if (!within) groups.splice(2, 0, prefix({ label: "What they did", items: Object.values(this.words.behaviours) }, "did"));
        return [{ label: "", items: [{ key: "", label: within ? "+ Add a filter" : "+ Add a condition" }] }, ...groups];
      });
    },
    addFrom(select, group, within) {
      const key = select.value;
      select.value = "";
      if (!key) return;
      this.add(within ? this.newLeaf(key.slice(6), within) : this.fromPalette(key), group);
      if (!within) this.useRecently(key);
    },

    /* Names for people who listen */
    logicLabel(node) { return this.words.logic.find((each) => each.key === node.logic)?.label || node.logic; },
    groupName(group) { return group.id === this.root.id ? "the rule" : `a group (${this.logicLabel(group)})`; },
    nodeName(node) {
      if (this.isGroup(node)) return `group, ${this.logicLabel(node)} ${node.rules.length}`;
      if (node.did !== undefined) return this.sourceOf(node).label;
      return (this.words.fields[node.field] || { label: node.field }).label;
    },

    /* The palette: plain elements made by the server, searched and remembered here. */
    pick(event) {
      const item = event.target.closest("[data-key]");
      if (!item || (event.type === "keydown" && !["Enter", " "].includes(event.key))) return;
      event.preventDefault();
      this.add(this.fromPalette(item.dataset.key));
      this.useRecently(item.dataset.key);
    },
    filterPalette() {
      const wanted = this.search.trim().toLowerCase();
      this.$refs.palette.querySelectorAll("[data-family]").forEach((family) => {
        let shown = 0;
        family.querySelectorAll("[data-key]").forEach((item) => {
          item.hidden = !item.textContent.toLowerCase().includes(wanted) && !family.dataset.family.toLowerCase().includes(wanted);
          shown += !item.hidden;
        });
        family.hidden = !shown;
        if (wanted) family.open = true;
      });
    },
    useRecently(key) {
      this.store(this.start.recent, [key, ...(this.stored(this.start.recent) || []).filter((other) => other !== key)].slice(0, 6));
    },
    showRecent() {
      const keys = this.stored(this.start.recent) || [];
      const found = keys.map((key) => this.$refs.palette.querySelector(`[data-key="${CSS.escape(key)}"]`)).filter(Boolean);
      this.$refs.recent.hidden = !found.length;
      this.$refs.recent.querySelector("[data-items]").replaceChildren(...found.map((item) => item.cloneNode(true)));
    },

    /* The text view edits the same tree; text that cannot be read stays as it was typed. */
    showText() {
      if (document.activeElement === this.$refs.text) return;
      this.text = JSON.stringify(StrataTree.shown(this.root), null, 2);
      this.textFault = "";
    },
    async readText() {
      this.keptText = this.text;
      let raw;
      try { raw = JSON.parse(this.text); } catch (error) { this.textFault = `This is no JSON yet: ${error.message}`; return; }
      this.textFault = "";
      if (StrataTree.isOwn(raw)) return this.load(raw);
      try {
        const found = await this.send(this.start.links.preview, { rules: raw });
        if (this.keptText !== this.text) return;
        if (found.errors.length) this.textFault = found.errors.map((fault) => `${fault.path.join(" › ") || "rule"}: ${fault.message}`).join("\n");
        else this.load(found.rules);
      } catch (error) { this.textFault = error.message; }
    },
    /* Nodes keep their ids by place, so that what is shown stays in its place. */
    load(raw) {
      const wanted = StrataTree.read(raw);
      const follow = (node, known) => {
        if (known && StrataTree.isGroup(known) === StrataTree.isGroup(node) && (known.did === undefined) === (node.did === undefined)) node.id = known.id;
        else known = null;
        (node.rules || (node.where ? [node.where] : [])).forEach((child, place) => follow(child, known && (known.rules ? known.rules[place] : known.where)));
      };
      follow(wanted, this.root);
      StrataTree.become(this.root, wanted);
    },

    /* Saving */
    async openSave() {
      this.saving = { isBusy: false, boxes: {}, faults: [], impact: null, isAsking: false };
      this.$refs.save.showModal();
      if (!this.start.links.impact || !this.isChanged()) return;
      this.saving.isAsking = true;
      try {
        const found = await this.send(this.start.links.impact, { rules: this.root });
        if (!found.errors.length) this.saving.impact = found;
      } catch (error) { this.saving.faults = [error.message]; } finally { this.saving.isAsking = false; }
    },
    async save(link, isDraft = false) {
      if (this.saving.isBusy) return;
      Object.assign(this.saving, { isBusy: true, boxes: {}, faults: [] });
      try {
        const answer = await this.send(link, { name: this.name, description: this.description, rate: this.rate, rules: this.root, version: this.version, draft: isDraft });
        if (answer.link) {
          this.store(this.start.draft, null);
          this.saved = this.present;
          window.location.assign(answer.link);
          return;
        }
        this.saving.boxes = answer.boxes || {};
        this.saving.faults = answer.errors.map((fault) => fault.message);
        this.faults = answer.errors.map((fault) => ({ ...fault, ...StrataTree.locate(this.root, fault.path) }));
      } catch (error) { this.saving.faults = [error.message]; }
      this.saving.isBusy = false;
    },
  }));
});
