/* The rule as a tree of plain objects, and every way to change it. Knows nothing of the page.

   A group {id, logic, rules}, a condition {id, field, operator, value}, a behaviour {id, did, where, …}: what the server
   reads, with an id on every node and a group (perhaps an empty one) under every behaviour's `where`. */
window.StrataTree = (() => {
  const isGroup = (node) => Array.isArray(node?.rules);
  const below = (node) => (isGroup(node) ? node.rules : node.where ? [node.where] : []);
  const newId = () => `n${Math.random().toString(36).slice(2, 10)}`;
  const copy = (value) => JSON.parse(JSON.stringify(value));

  function walk(node, visit) {
    visit(node);
    below(node).forEach((child) => walk(child, visit));
  }

  function find(root, id) {
    let found = null;
    walk(root, (node) => { if (node.id === id) found = node; });
    return found;
  }

  /* The group a node stands in and its place there; null for the root and for the group of a `where`. */
  function seat(root, id) {
    let found = null;
    walk(root, (node) => {
      const place = isGroup(node) ? node.rules.findIndex((child) => child.id === id) : -1;
      if (place >= 0) found = { parent: node, place };
    });
    return found;
  }

  function depth(root, id) {
    const step = (node, level) => {
      if (node.id === id) return level;
      for (const child of below(node)) {
        const found = step(child, level + (isGroup(child) ? 1 : 0));
        if (found) return found;
      }
      return 0;
    };
    return step(root, 1);
  }

  /* How many levels of groups a node brings along. */
  function height(node) {
    if (isGroup(node)) return 1 + Math.max(0, ...node.rules.map(height));
    return node.where?.rules.length ? height(node.where) : 0;
  }

  const contains = (node, id) => Boolean(find(node, id));
  const fits = (root, target, node, most) => !contains(node, target.id) && depth(root, target.id) + height(node) <= most;

  function leaves(root) {
    let count = 0;
    walk(root, (node) => { if (!isGroup(node)) count += 1; });
    return count;
  }

  function remove(root, id) {
    const at = seat(root, id);
    return at ? at.parent.rules.splice(at.place, 1)[0] : null;
  }

  /* A group that lost its last member goes as well: an empty one would ask nothing. */
  function prune(root, group) {
    if (group.rules.length || group === root) return;
    const at = seat(root, group.id);
    if (!at) return;
    at.parent.rules.splice(at.place, 1);
    prune(root, at.parent);
  }

  function move(root, id, target, place) {
    const from = seat(root, id);
    if (!from) return false;
    const [node] = from.parent.rules.splice(from.place, 1);
    target.rules.splice(Math.min(place, target.rules.length), 0, node);
    if (from.parent !== target) prune(root, from.parent);
    return true;
  }

  function renew(node) {
    walk(node, (each) => { each.id = newId(); });
    return node;
  }

  function duplicate(root, id) {
    const at = seat(root, id);
    const made = renew(copy(at.parent.rules[at.place]));
    at.parent.rules.splice(at.place + 1, 0, made);
    return made;
  }

  const group = (logic, rules = []) => ({ id: newId(), logic, rules });

  function wrap(root, id, logic) {
    const at = seat(root, id);
    const made = group(logic, [at.parent.rules[at.place]]);
    at.parent.rules.splice(at.place, 1, made);
    return made;
  }

  function unwrap(root, id) {
    const at = seat(root, id);
    const { rules } = at.parent.rules[at.place];
    at.parent.rules.splice(at.place, 1, ...rules);
  }

  /* Whether a JSON value is written as the tree is: the key style of other systems is not, the server rewrites it. */
  function isOwn(raw) {
    if (!raw || typeof raw !== "object" || Array.isArray(raw)) return false;
    if (Array.isArray(raw.rules)) return raw.rules.every(isOwn);
    return typeof raw.field === "string" || typeof raw.did === "string";
  }

  /* From saved or typed JSON: every node gets an id of its own, every behaviour a group of filters. */
  function read(raw) {
    const taken = new Set();
    const tree = isGroup(raw) ? copy(raw) : group("AND", [copy(raw)]);
    const settle = (node) => {
      const id = node.id === undefined ? "" : String(node.id);
      node.id = !id || taken.has(id) ? newId() : id;
      taken.add(node.id);
      if (isGroup(node)) node.logic = String(node.logic || "AND").toUpperCase();
      if (node.did !== undefined) {
        const where = node.where;
        node.where = isGroup(where) ? where : group("AND", where && Object.keys(where).length ? [where] : []);
      }
      below(node).forEach(settle);
    };
    settle(tree);
    return tree;
  }

  /* Back to JSON for a person's eyes: ids and empty filters left out. */
  function shown(node) {
    const { id, v, ...rest } = node;
    if (isGroup(rest)) return { ...rest, rules: rest.rules.map(shown) };
    if (!rest.where) return rest;
    const { where, ...bare } = rest;
    return where.rules.length ? { ...bare, where: shown(where) } : bare;
  }

  /* Make `root` what `wanted` says but keep the objects that stay: what is shown hangs on them. */
  function become(root, wanted) {
    const known = new Map();
    walk(root, (node) => known.set(node.id, node));
    const build = (source) => {
      const node = known.get(source.id) || {};
      Object.keys(node).forEach((key) => { if (!(key in source)) delete node[key]; });
      Object.entries(source).forEach(([key, value]) => {
        if (key === "rules") node.rules = value.map(build);
        else if (key === "where") node.where = build(value);
        else if (JSON.stringify(node[key]) !== JSON.stringify(value)) node[key] = value;
      });
      return node;
    };
    known.set(wanted.id, root);
    build(copy(wanted));
  }

  function readAt(node, path) {
    return path.reduce((value, step) => value?.[step], node);
  }

  function writeAt(node, path, value) {
    let at = node;
    path.slice(0, -1).forEach((step, place) => {
      const isList = typeof path[place + 1] === "number";
      if (at[step] === null || typeof at[step] !== "object" || Array.isArray(at[step]) !== isList) at[step] = isList ? [] : {};
      at = at[step];
    });
    at[path.at(-1)] = value;
  }

  /* Where an error's path leads: the last node on the way, and what is left of the path inside it. */
  function locate(root, path) {
    let [node, rest, at] = [root, path, root];
    path.forEach((step, place) => {
      at = at?.[step];
      if (at && typeof at === "object" && at.id && (isGroup(at) || "field" in at || "did" in at)) [node, rest] = [at, path.slice(place + 1)];
    });
    return { node, rest };
  }

  return {
    isGroup, walk, find, seat, depth, height, fits, leaves, remove, prune, move, duplicate, group, wrap, unwrap, isOwn, read, shown, become,
    readAt, writeAt, locate, newId, copy, renew,
  };
})();
