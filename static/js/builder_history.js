/* Undo and redo of every step, and a draft that outlives a reload. */
window.builderHistory = () => ({
  past: [], future: [], present: "", lastTyped: { box: null, at: 0 }, draftAt: "", isRestored: false,

  /* Called after every change of the tree. Typing in one box without a pause is one step. */
  remember() {
    const now = JSON.stringify(this.root);
    if (now === this.present) return;
    const box = document.activeElement?.matches("input, textarea") ? document.activeElement : null;
    const isSameStep = box && box === this.lastTyped.box && Date.now() - this.lastTyped.at < 1000;
    this.lastTyped = { box, at: Date.now() };
    if (!isSameStep) this.past.push(this.present);
    if (this.past.length > 200) this.past.shift();
    this.present = now;
    this.future = [];
    this.changed();
  },
  changed() {
    this.keepDraft();
    this.showText();
    this.ask();
  },
  undo() { this.step(this.past, this.future, "Undone."); },
  redo() { this.step(this.future, this.past, "Done again."); },
  step(from, to, words) {
    if (!from.length) return;
    to.push(this.present);
    this.present = from.pop();
    this.lastTyped = { box: null, at: 0 };
    StrataTree.become(this.root, JSON.parse(this.present));
    this.say(words);
    this.changed();
  },
  historyKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const isRedo = key === "y" || (key === "z" && event.shiftKey);
    if (key !== "z" && !isRedo) return;
    if (event.target.matches("textarea, .b-plain")) return; // text boxes of their own undo
    event.preventDefault();
    if (isRedo) this.redo(); else this.undo();
  },

  isChanged() { return this.present !== this.saved; },
  keepDraft() {
    const draft = { rules: this.root, name: this.name, description: this.description, rate: this.rate, version: this.version, at: Date.now() };
    this.store(this.start.draft, this.isChanged() || this.name !== this.start.name || this.description !== this.start.description || this.rate !== this.start.rate ? draft : null);
    this.draftAt = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  },
  /* Take up what was left unsaved; say so. */
  takeDraft() {
    const draft = this.stored(this.start.draft);
    if (!draft || !StrataTree.isOwn(draft.rules)) return;
    this.root = StrataTree.read(draft.rules);
    [this.name, this.description, this.version] = [String(draft.name ?? ""), String(draft.description ?? ""), draft.version];
    this.rate = draft.rate ?? this.start.rate;
    this.isRestored = JSON.stringify(this.root) !== this.saved;
  },
  discardDraft() {
    this.store(this.start.draft, null);
    [this.name, this.description, this.rate, this.version] = [this.start.name, this.start.description, this.start.rate, this.start.version];
    StrataTree.become(this.root, JSON.parse(this.saved));
    this.isRestored = false;
    this.say("The draft is thrown away; undo brings it back.");
  },

  /* A browser may refuse to keep anything: then there is no draft, and nothing else is lost. */
  store(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch { /* full, or private */ }
  },
  stored(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  },
});
