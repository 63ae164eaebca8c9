// Search over the index that search_index.js holds: every word of the query must begin a word of a section.
(() => {
  const { sections } = globalThis.SEARCH_INDEX;
  const root = document.body.dataset.root;
  const input = document.getElementById("query");
  const results = document.getElementById("results");
  const MOST = 12;

  function find(query) {
    const words = query.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
    if (words.length === 0) return [];
    const found = [];
    for (const section of sections) {
      let score = 0;
      for (const word of words) {
        const inTitle = begins(section.titleText, word);
        const inText = begins(section.text, word);
        if (!inTitle && !inText) {
          score = 0;
          break;
        }
        score += (inTitle ? 10 : 0) + (inText ? 1 : 0);
      }
      if (score > 0) found.push({ section, score });
    }
    return found.sort((left, right) => right.score - left.score).slice(0, MOST).map(({ section }) => section);
  }

  /** Whether a word of the text begins so; the text begins with a blank. */
  function begins(text, word) {
    return text.includes(" " + word);
  }

  function show() {
    const found = find(input.value);
    results.replaceChildren(...found.map(({ page, title, path }) => {
      const link = document.createElement("a");
      link.href = root + path;
      const strong = document.createElement("strong");
      strong.textContent = title;
      const where = document.createElement("span");
      where.textContent = page;
      link.append(strong, where);
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    if (found.length === 0 && input.value.trim() !== "") {
      const item = document.createElement("li");
      item.textContent = "Nothing found";
      item.className = "none";
      results.append(item);
    }
    results.hidden = input.value.trim() === "";
  }

  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  document.addEventListener("keydown", (event) => {
    const typing = document.activeElement instanceof HTMLInputElement;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape") {
      results.hidden = true;
      input.blur();
    } else if (event.key === "Enter" && document.activeElement === input) {
      results.querySelector("a")?.click();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !results.hidden) {
      const links = [...results.querySelectorAll("a")];
      const at = links.indexOf(document.activeElement);
      const next = event.key === "ArrowDown" ? at + 1 : at - 1;
      (links[next] ?? input).focus();
      event.preventDefault();
    }
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.closest(".search")) results.hidden = true;
  });
})();
