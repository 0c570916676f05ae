// Language, sorting, searching. Everything on the page is there without it, in English and in the report's order.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = JSON.parse(document.getElementById("words").textContent);
  const root = document.documentElement;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // --- language
  const spoken = all("[data-t]").map((node) => [node, Number(node.dataset.t)]);
  const attributes = all("[data-ta]").map((node) => {
    const [name, index, suffix] = node.dataset.ta.split("|");
    return [node, name, Number(index), suffix];
  });
  const speak = (language) => {
    const said = words[language];
    for (const [node, index] of spoken) node.textContent = said[index];
    for (const [node, name, index, suffix] of attributes) node.setAttribute(name, said[index] + suffix);
    for (const link of all("a[data-href]")) link.setAttribute("href", link.dataset.href);
    for (const link of all('a[href^="items/"], a[href^="members/"], a[href*="/all-years/"], a[href^="search.html"]')) {
      const [path, anchor] = link.getAttribute("href").split("#");
      const page = path.split("?")[0] + (language === "en" ? "" : `?lang=${language}`);
      link.setAttribute("href", anchor ? `${page}#${anchor}` : page);
    }
    for (const node of all("[data-lang]")) node.hidden = node.dataset.lang !== language;
    for (const button of all(".languages button")) {
      button.setAttribute("aria-pressed", String(button.lang === language));
    }
    document.title = document.querySelector("title").dataset.title;
    root.lang = language;
    for (const output of all("output[data-count]")) count(output);
  };
  const choose = (language) => {
    speak(language);
    try {
      const address = new URL(location.href);
      address.searchParams.set("lang", language);
      history.replaceState(null, "", address);
    } catch {
      // A page opened from a disk may keep its address.
    }
  };
  for (const button of all(".languages button")) {
    button.addEventListener("click", () => choose(button.lang));
  }

  // --- searching
  const count = (output) => {
    const rows = document.getElementById(output.htmlFor.value).tBodies[0].rows;
    const shown = [...rows].filter((row) => !row.hidden).length;
    output.textContent = output.dataset.count.replace("{shown}", shown).replace("{all}", rows.length);
  };
  for (const input of all(".tools input")) {
    const table = document.getElementById(input.getAttribute("aria-controls"));
    const output = input.closest(".tools").querySelector("output");
    const search = () => {
      const wanted = plain(input.value.trim());
      for (const row of table.tBodies[0].rows) {
        const named = row.querySelector("th");
        row.hidden = wanted !== "" && !plain(named.textContent).includes(wanted);
      }
      count(output);
    };
    input.addEventListener("input", search);
    count(output);
  }

  // --- sorting: up, down, and back to the report's own order
  const turn = { none: "ascending", ascending: "descending", descending: "none" };
  const key = (row, column) => {
    const cell = row.cells[column];
    if (cell.dataset.sort !== undefined) {
      const number = Number(cell.dataset.sort);
      return Number.isNaN(number) ? cell.dataset.sort : number;
    }
    if (cell.querySelector(".yes")) return 1;
    const text = cell.textContent.trim();
    if (text === "" || text === "–") return 0;
    return /^\d+$/.test(text) ? Number(text) : text;
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;
    if (typeof b === "number") return 1;
    return a.localeCompare(b, root.lang);
  };
  for (const table of all("table.sortable")) {
    const body = table.tBodies[0];
    const order = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      head.querySelector("button").addEventListener("click", () => {
        const way = turn[head.getAttribute("aria-sort")];
        for (const other of heads) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", way);
        const sign = way === "descending" ? -1 : 1;
        const keys = new Map(order.map((row) => [row, key(row, column)]));
        const sorted = way === "none" ? order : [...order].sort((a, b) => sign * compare(keys.get(a), keys.get(b)));
        body.append(...sorted);
      });
    });
  }

  // --- copying: a page opened from a disk may have no clipboard, and shows the text instead
  for (const button of all("button.copy")) {
    button.addEventListener("click", async () => {
      const output = button.closest("dd").querySelector("output");
      output.textContent = button.dataset.copy;
      const range = document.createRange();
      range.selectNodeContents(output);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
      } catch {
        // What is shown is selected, for a copy by hand.
      }
    });
  }

  // --- where one is, and what a link points at
  const links = new Map(all("nav.sections a").map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(entry.target.id).setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-20% 0px -75% 0px" },
  );
  for (const section of all("main > section")) if (links.has(section.id)) seen.observe(section);
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);

  // --- paper shows what the screen folds away
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details[data-print]:not([open])");
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });

  const asked = new URLSearchParams(location.search).get("lang");
  if (asked in words && asked !== "en") speak(asked);
  reveal();
})();
