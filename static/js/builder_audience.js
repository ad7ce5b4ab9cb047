/* The live count: one request under way, the latest wins, stale answers are dropped. */
window.builderAudience = () => ({
  answer: null, counts: {}, faults: [], problem: "", isStale: false, isWaiting: false, isSlow: false,
  asking: { number: 0, timer: 0, control: null },

  ask(delay = 250) {
    clearTimeout(this.asking.timer);
    this.isStale = true;
    this.asking.timer = setTimeout(() => this.askNow(), delay);
  },
  async askNow() {
    const number = ++this.asking.number;
    this.asking.control?.abort();
    if (!this.root.rules.length) {
      Object.assign(this, { answer: null, counts: {}, faults: [], problem: "", isStale: false, isWaiting: false, isSlow: false });
      return;
    }
    const control = this.asking.control = new AbortController();
    const patience = [setTimeout(() => { this.isWaiting = true; }, 300), setTimeout(() => { this.isSlow = true; }, 2500)];
    try {
      const found = await this.send(this.start.links.preview, { rules: this.root }, control.signal);
      if (number === this.asking.number) this.take(found);
    } catch (error) {
      if (error.name !== "AbortError" && number === this.asking.number) this.problem = error.message;
    } finally {
      patience.forEach(clearTimeout);
      if (number === this.asking.number) this.isStale = this.isWaiting = this.isSlow = false;
    }
  },
  take(found) {
    this.problem = "";
    this.faults = (found.errors || []).map((fault) => ({ ...fault, ...StrataTree.locate(this.root, fault.path) }));
    if (this.faults.length) {
      this.answer = null;
      this.forgetCounts();
      return;
    }
    this.answer = Object.freeze(found);
    if (found.is_whole || found.nodes.length) this.counts = Object.fromEntries(found.nodes.map((node) => [node.id, node]));
    this.say(found.slow ? found.slow : `${this.figure(found.total)} customers match, ${found.share} of all.`);
  },
  /* What is unfinished, and every group around it, has no count any more. */
  forgetCounts() {
    this.faults.forEach(({ node }) => StrataTree.walk(this.root, (each) => { if (StrataTree.find(each, node.id)) delete this.counts[each.id]; }));
  },
  /* POST JSON; give the answer's JSON, or an error in words. */
  async send(link, body, signal) {
    let response;
    try {
      response = await fetch(link, {
        method: "POST", signal, body: JSON.stringify(body), credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Error("Strata cannot be reached. What you built is kept in this browser; it counts again with your next change.");
    }
    if (response.headers.get("content-type")?.startsWith("application/json")) return response.json();
    if (response.redirected || response.status === 403) throw new Error("You are not signed in any more, or may not do this. Sign in in another tab; what you built is kept.");
    throw new Error("Something went wrong on our side. What you built is kept; try again in a moment.");
  },

  figure(number) { return Number(number).toLocaleString("en-US"); },
  countOf(node) { return node.disabled || !this.answer && !this.faults.length && !this.isWaiting ? null : this.counts[node.id]; },
  faultsOf(node) { return this.faults.filter((fault) => fault.node.id === node.id); },
  isWrong(node, path) {
    return this.faultsOf(node).some((fault) => {
      const shared = Math.min(fault.rest.length, path.length);
      return shared > 0 && path.slice(0, shared).every((step, place) => step === fault.rest[place]);
    });
  },
  /* Something that was never filled in is asked for, not blamed. */
  faultWords(fault) {
    const path = fault.rest;
    if (StrataTree.isGroup(fault.node) && !fault.node.rules.length) return "Drop a condition here, or delete this group.";
    const isBlank = path.length && ["value", "window"].includes(path[0]) && StrataValues.isEmpty(StrataTree.readAt(fault.node, path));
    return isBlank ? "Fill in the value." : fault.message;
  },
});
