"use strict";
// Comfort alone: without it everything is there, in order, and opens by itself.
(() => {
  const by = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const table = by("report");
  const rows = all("tr.scenario");
  const places = rows.map((row) => ({ row, body: row.parentNode }));
  const wanted = new Set();
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  function filter() {
    const words = by("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const changed = by("only-changed")?.checked ?? false;
    let shown = 0;
    for (const row of rows) {
      const fits = (!wanted.size || wanted.has(row.dataset.outcome))
        && (!changed || row.classList.contains("changed"))
        && words.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    for (const body of table.tBodies) {
      body.hidden = !all("tr.scenario", body).some((row) => !row.hidden);
    }
    by("nothing").hidden = shown > 0;
    by("shown").textContent = `${shown} of ${rows.length} shown`;
  }

  for (const tile of all(".outcomes li:not(.empty)")) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.textContent = tile.dataset.outcome;
    chip.setAttribute("aria-pressed", "false");
    chip.addEventListener("click", () => {
      const on = chip.getAttribute("aria-pressed") !== "true";
      chip.setAttribute("aria-pressed", String(on));
      if (on) wanted.add(tile.dataset.outcome); else wanted.delete(tile.dataset.outcome);
      filter();
    });
    by("chips").append(chip);
  }
  by("find").addEventListener("input", filter);
  by("only-changed")?.addEventListener("change", filter);

  // Sorted, the rows stand in one body of their own, without the heads of the groups.
  const heads = all("thead th[data-sort]");
  const sorted = document.createElement("tbody");
  sorted.setAttribute("role", "rowgroup");
  function unsort() {
    for (const { row, body } of places) body.append(row);
    sorted.remove();
    for (const head of heads) head.removeAttribute("aria-sort");
    by("in-order").disabled = true;
    filter();
  }
  function sort(head) {
    const up = head.getAttribute("aria-sort") !== "ascending";
    const place = heads.indexOf(head);
    const key = (row) => row.cells[place].dataset.order;
    const compare = head.dataset.sort === "number"
      ? (a, b) => key(a) - key(b)
      : (a, b) => key(a).localeCompare(key(b));
    for (const each of heads) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    table.append(sorted);
    sorted.append(...[...rows].sort((a, b) => (up ? compare(a, b) : compare(b, a))));
    by("in-order").disabled = false;
    filter();
  }
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head));
    head.append(button);
  }
  by("in-order").addEventListener("click", unsort);

  const open = (on) => () => {
    for (const row of rows) if (!row.hidden) row.querySelector("details").open = on;
  };
  by("open-all").addEventListener("click", open(true));
  by("close-all").addEventListener("click", open(false));

  function scale() {
    const same = by("same-scale").checked;
    document.body.classList.toggle("same-scale", same);
    for (const plot of all(".plot")) {
      plot.style.setProperty("--ratio", same ? plot.dataset.ratio : "1");
      plot.classList.toggle("tight", plot.getBoundingClientRect().width < 150);
    }
  }
  by("same-scale").addEventListener("change", scale);
  addEventListener("resize", scale);

  // A request is told at its mark: under the pointer, or with the arrow keys on the line.
  const tip = by("tip");
  let told = null;
  function tell(mark) {
    told?.classList.remove("here");
    told?.item?.classList.remove("here");
    told = mark;
    tip.hidden = !mark;
    if (!mark) return;
    mark.classList.add("here");
    mark.item?.classList.add("here");
    tip.textContent = mark.told;
    place();
  }
  function place() {
    if (!told) return;
    const at = told.getBoundingClientRect();
    const left = Math.min(at.left, innerWidth - tip.offsetWidth - 12);
    const below = at.bottom + 8 + tip.offsetHeight < innerHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = below ? `${at.bottom + 8}px` : `${at.top - tip.offsetHeight - 8}px`;
  }
  for (const details of all("details")) {
    const items = all(".requests li", details);
    const marks = all(".mark", details);
    marks.forEach((mark, number) => {
      mark.told = mark.querySelector("title").textContent;
      mark.item = items[number];
      mark.querySelector("title").remove();
      mark.addEventListener("pointerenter", () => tell(mark));
      mark.addEventListener("pointerleave", () => tell(null));
    });
    const summary = details.querySelector("summary");
    summary.addEventListener("blur", () => tell(null));
    summary.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.key === "Escape") tell(null);
      if (!step || !marks.length) return;
      event.preventDefault();
      const here = marks.indexOf(told);
      const next = here < 0 ? (step > 0 ? 0 : marks.length - 1) : here + step;
      tell(marks[Math.min(Math.max(next, 0), marks.length - 1)]);
    });
  }
  addEventListener("scroll", place, { passive: true });

  function follow() {
    const row = by(decodeURIComponent(location.hash.slice(1)));
    if (row?.matches("tr.scenario")) row.querySelector("details").open = true;
  }
  addEventListener("hashchange", follow);
  follow();

  by("controls").hidden = false;
  filter();
  scale();
})();
