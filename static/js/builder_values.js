/* Values of a rule between what is stored and what boxes show: lengths of time, days named from today, numbers. */
window.StrataValues = (() => {
  const SPAN = /^(\d*)_(\w+?)s?$/;
  const NUMBER = /^-?\d{1,15}(\.\d{1,6})?$/;

  /* "90_days" ↔ {count, unit}; an empty count stays empty, so that the box can be cleared. */
  function span(raw, units) {
    const match = SPAN.exec(typeof raw === "string" ? raw : "");
    const unit = match && units.find((each) => each === `${match[2]}s`);
    return { count: match ? match[1] : "", unit: unit || units[0] };
  }
  const spanOf = (count, unit) => `${String(count).trim()}_${unit}`;

  /* "90_days_ago", "today", "2026-08-22" ↔ {mode, count, unit, day}. */
  function point(raw, units) {
    const text = typeof raw === "string" ? raw : "";
    if (text === "today" || text === "yesterday") return { mode: text, count: "", unit: units[0], day: "" };
    for (const mode of ["ago", "from_now"]) {
      if (text.endsWith(`_${mode}`)) return { mode, day: "", ...span(text.slice(0, -mode.length - 1), units) };
    }
    return { mode: "on", count: "", unit: units[0], day: text.slice(0, 10) };
  }
  function pointOf({ mode, count, unit, day }) {
    if (mode === "today" || mode === "yesterday") return mode;
    if (mode === "on") return day;
    return `${count}_${unit}_${mode}`;
  }

  /* What was typed, as a number where it is one exactly; the server judges the rest. */
  function number(text) {
    const typed = text.replaceAll(",", "").trim();
    return NUMBER.test(typed) && typed.replace(/\D/g, "").length < 16 ? Number(typed) : text;
  }
  const isEmpty = (value) =>
    value === undefined || value === null || value === "" || (typeof value === "string" && value.startsWith("_")) || (Array.isArray(value) && !value.some((item) => !isEmpty(item)))
    || (typeof value === "object" && !Array.isArray(value) && !Object.values(value).some((item) => !isEmpty(item)));

  return { span, spanOf, point, pointOf, number, isEmpty };
})();
