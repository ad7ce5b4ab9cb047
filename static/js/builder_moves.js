/* Moving conditions: by dragging, by the keys on a handle, by the menu. All end in the same tree operations. */
window.builderMoves = () => ({
  target: "", dragged: { next: null },
  most() { return this.words.bounds.max_depth; },
  find(id) { return StrataTree.find(this.root, id); },
  isRoot(node) { return node.id === this.root.id; },
  listName(within, owner) { return within ? `where:${owner}` : "rules"; },

  /* Settings of one list for the sort plugin. The page is put back as it was before the tree changes:
     what is shown follows the tree alone. */
  sorting(node, within) {
    return {
      group: within ? `where:${within}` : "rules", handle: ".b-handle", draggable: ".b-item", animation: 120,
      fallbackOnBody: true, emptyInsertThreshold: 12, invertSwap: true, invertedSwapThreshold: 1, filter: () => false, preventOnFilter: false,
      onChoose: (event) => event.item.setAttribute("x-ignore", ""), // on touch screens a copy follows the finger
      onUnchoose: (event) => event.item.removeAttribute("x-ignore"),
      onStart: (event) => { this.dragged.next = event.item.nextSibling; document.body.classList.add("sorting"); },
      onMove: (event) => this.mayDrop(event),
      onSort: () => {},
      onEnd: (event) => this.drop(event),
    };
  },
  paletteSorting() {
    return {
      group: { name: "rules", pull: "clone", put: false }, sort: false, draggable: "[data-key]", animation: 120, fallbackOnBody: true,
      filter: () => false, preventOnFilter: false,
      onStart: () => document.body.classList.add("sorting"),
      onMove: (event) => this.mayDrop(event),
      onSort: () => {},
      onEnd: (event) => this.dropNew(event),
    };
  },
  mayDrop(event) {
    const [list, item] = [this.find(event.to.dataset.list), this.find(event.dragged.dataset.id)];
    if (!list) return false;
    return !item || StrataTree.fits(this.root, list, item, this.most());
  },
  drop(event) {
    document.body.classList.remove("sorting");
    const { item, from, to, newDraggableIndex: place } = event;
    from.insertBefore(item, this.dragged.next);
    const list = this.find(to.dataset.list);
    if (!list || (from === to && event.oldDraggableIndex === place)) return;
    StrataTree.move(this.root, item.dataset.id, list, place);
    this.say(`Moved to place ${place + 1} of ${this.groupName(list)}.`);
  },
  dropNew(event) {
    document.body.classList.remove("sorting");
    const { item, clone, from, to, newDraggableIndex: place } = event;
    if (from === to) return;
    if (clone.parentNode === from) clone.replaceWith(item); else from.append(item);
    const list = this.find(to.dataset.list);
    if (list) this.add(this.fromPalette(item.dataset.key), list, place);
    this.useRecently(item.dataset.key);
  },

  /* Adding and removing */
  add(node, list = null, place = Infinity) {
    const group = list || this.targetGroup();
    if (StrataTree.leaves(this.root) >= this.words.bounds.max_leaves) return this.say(`A rule holds ${this.words.bounds.max_leaves} conditions at most.`);
    group.rules.splice(Math.min(place, group.rules.length), 0, node);
    this.say(`Added ${this.nodeName(node)} to ${this.groupName(group)}.`);
    setTimeout(() => this.focusOn(node.id)); // after the boxes are there
    return node;
  },
  targetGroup() {
    const chosen = this.find(this.target);
    return chosen && StrataTree.isGroup(chosen) ? chosen : this.root;
  },
  addGroup(group) {
    const made = StrataTree.group(group.logic === "AND" ? "OR" : "AND");
    if (!StrataTree.fits(this.root, group, made, this.most())) return this.say(`Groups may nest ${this.most()} deep.`);
    this.target = made.id;
    return this.add(made, group);
  },
  canNest(group) { return StrataTree.depth(this.root, group.id) < this.most(); },
  removeNode(node) {
    const at = StrataTree.seat(this.root, node.id);
    const name = this.nodeName(node);
    StrataTree.remove(this.root, node.id);
    StrataTree.prune(this.root, at.parent);
    const next = at.parent.rules[Math.min(at.place, at.parent.rules.length - 1)];
    this.say(`Deleted ${name}. Undo brings it back.`);
    this.$nextTick(() => (next ? this.focusOn(next.id, true) : document.querySelector(".b-add select")?.focus()));
  },
  duplicateNode(node) {
    if (StrataTree.leaves(this.root) + StrataTree.leaves(node) > this.words.bounds.max_leaves) return this.say(`A rule holds ${this.words.bounds.max_leaves} conditions at most.`);
    const made = StrataTree.duplicate(this.root, node.id);
    return this.moved(made, `Duplicated ${this.nodeName(node)}.`);
  },
  toggleNode(node) {
    if (node.disabled) delete node.disabled; else node.disabled = true;
    this.say(`${this.nodeName(node)} is ${node.disabled ? "switched off" : "switched on"}.`);
  },
  wrapNode(node) {
    const at = StrataTree.seat(this.root, node.id);
    if (StrataTree.depth(this.root, at.parent.id) + 1 + StrataTree.height(node) > this.most()) return this.say(`Groups may nest ${this.most()} deep.`);
    StrataTree.wrap(this.root, node.id, at.parent.logic === "AND" ? "OR" : "AND");
    return this.moved(node, "Put into a group of its own.");
  },
  unwrapNode(node) {
    StrataTree.unwrap(this.root, node.id);
    this.say("The group is dissolved; its conditions stay.");
  },

  /* Keys and menu */
  handleKey(event, node) {
    const step = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "indent", ArrowLeft: "outdent" }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); this.removeNode(node); }
    if (!step) return;
    event.preventDefault();
    this.shift(node, step);
  },
  shift(node, step) {
    const at = StrataTree.seat(this.root, node.id);
    if (!at) return;
    const { parent, place } = at;
    if (step === "up" || step === "down") {
      const to = place + (step === "up" ? -1 : 1);
      if (to < 0 || to >= parent.rules.length) return this.say(`It is the ${step === "up" ? "first" : "last"} of its group.`);
      StrataTree.move(this.root, node.id, parent, to);
      return this.moved(node, `Moved ${step}, to place ${to + 1} of ${parent.rules.length}.`);
    }
    if (step === "indent") return this.indent(node, parent, place);
    const above = StrataTree.seat(this.root, parent.id);
    if (!above) return this.say("It stands in the outermost group already.");
    StrataTree.move(this.root, node.id, above.parent, above.place + 1);
    return this.moved(node, `Moved out, into ${this.groupName(above.parent)}.`);
  },
  indent(node, parent, place) {
    const [before, after] = [parent.rules[place - 1], parent.rules[place + 1]];
    const into = StrataTree.isGroup(before) ? before : StrataTree.isGroup(after) ? after : null;
    if (!into) return this.wrapNode(node);
    if (!StrataTree.fits(this.root, into, node, this.most())) return this.say(`Groups may nest ${this.most()} deep.`);
    StrataTree.move(this.root, node.id, into, into === before ? into.rules.length : 0);
    return this.moved(node, `Moved into ${this.groupName(into)}.`);
  },
  moved(node, words) {
    this.say(words);
    this.$nextTick(() => this.focusOn(node.id, true));
  },
  focusOn(id, onHandle = false) {
    const row = document.querySelector(`.b-item[data-id="${id}"]`);
    const wanted = onHandle ? [".b-handle"] : [".b-value :is(input, select)", ".b-add select", "select"];
    wanted.map((each) => row?.querySelector(each)).find(Boolean)?.focus();
  },
});
