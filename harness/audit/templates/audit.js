(() => {
  const by = id => document.getElementById(id);
  const form = by("filters"), kind = by("by-kind"), state = by("by-state"), text = by("by-text");
  const counting = by("by-counting"), count = by("count"), clear = by("clear");
  const sections = [...document.querySelectorAll("section[data-title]")].map(section => ({
    section,
    heading: section.querySelector("h2"),
    entry: document.querySelector(`nav a[href="#${section.querySelector("h2").id}"]`),
    cards: [...section.querySelectorAll("article.claim")],
  }));
  const cards = sections.flatMap(one => one.cards);
  const texts = new Map(cards.map(card => [card, card.textContent.toLowerCase()]));
  const words = card => new Set([card.dataset.state, ...card.dataset.worries.split(" ").filter(Boolean)]);

  // The states are those of the chosen kind; a state that it has not is given up.
  const offer = chosen => {
    const numbers = new Map();
    for (const card of cards)
      if (!kind.value || card.dataset.kind === kind.value)
        for (const word of words(card)) numbers.set(word, (numbers.get(word) ?? 0) + 1);
    const options = [...numbers].map(([word, number]) => new Option(`${word} (${number})`, word));
    state.replaceChildren(new Option("all", ""), ...options);
    state.value = numbers.has(chosen) ? chosen : "";
  };

  const isFiltered = () => Boolean(kind.value || state.value || counting.checked || text.value.trim());

  const show = () => {
    const wanted = text.value.trim().toLowerCase(), filtered = isFiltered();
    let all = 0;
    for (const { section, heading, entry, cards } of sections) {
      let shown = 0;
      for (const card of cards) {
        const fits = (!kind.value || card.dataset.kind === kind.value)
          && (!state.value || words(card).has(state.value))
          && (!counting.checked || "counts" in card.dataset)
          && (!wanted || texts.get(card).includes(wanted));
        card.hidden = !fits;
        shown += fits;
      }
      section.hidden = filtered && !shown;
      entry.parentElement.hidden = section.hidden;
      const number = shown === cards.length ? shown : `${shown} of ${cards.length}`;
      heading.textContent = `${section.dataset.title}: ${number}`;
      entry.textContent = `${section.dataset.title}: ${number}`;
      all += shown;
    }
    count.textContent = `${all} of ${cards.length} entries`;
    clear.hidden = !filtered;
  };

  // The filters are kept in the fragment, as #?kind=…: a page that is a file keeps them, too.
  const save = () => {
    const chosen = new URLSearchParams();
    if (kind.value) chosen.set("kind", kind.value);
    if (state.value) chosen.set("state", state.value);
    if (counting.checked) chosen.set("counts", "yes");
    if (text.value.trim()) chosen.set("text", text.value.trim());
    const fragment = isFiltered() ? `#?${chosen}` : "";
    history.replaceState(null, "", location.href.split("#")[0] + fragment);
  };
  const choose = chosen => {
    kind.value = chosen.get("kind") ?? "";
    if (kind.selectedIndex < 0) kind.value = "";
    offer(chosen.get("state") ?? "");
    counting.checked = chosen.get("counts") === "yes";
    text.value = chosen.get("text") ?? "";
    show();
  };
  const follow = event => {
    const fragment = location.hash.slice(1);
    if (!fragment || fragment.startsWith("?")) {
      choose(new URLSearchParams(fragment.slice(1)));
      if (fragment && event) document.querySelector("main").scrollIntoView();
      return;
    }
    const target = document.getElementById(fragment);
    if (!target) return;
    if (target.closest("[hidden]")) choose(new URLSearchParams());
    if (target.matches("article")) for (const one of target.querySelectorAll("details")) one.open = true;
    target.scrollIntoView();
  };

  const copied = async lines => {
    try {
      await navigator.clipboard.writeText(lines.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(lines);
      return document.execCommand("copy");
    }
  };
  for (const lines of document.querySelectorAll(".lines pre")) {
    const button = document.createElement("button"), said = document.createElement("output");
    button.type = "button";
    button.textContent = "copy";
    said.className = "copied soft";
    button.addEventListener("click", async () => {
      said.textContent = await copied(lines) ? " copied" : " selected: press Ctrl+C";
      setTimeout(() => { said.textContent = ""; }, 4000);
    });
    lines.before(button, said);
  }

  // On paper nothing is folded or filtered.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
    for (const one of document.querySelectorAll("section[data-title], article.claim")) one.hidden = false;
    for (const { section, heading, cards } of sections) heading.textContent = `${section.dataset.title}: ${cards.length}`;
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
    show();
  });

  let later;
  const change = () => { show(); clearTimeout(later); later = setTimeout(save, 200); };
  kind.addEventListener("input", () => { offer(state.value); change(); });
  for (const control of [state, text, counting]) control.addEventListener("input", change);
  clear.addEventListener("click", () => { choose(new URLSearchParams()); change(); text.focus(); });
  form.addEventListener("submit", event => event.preventDefault());
  addEventListener("hashchange", follow);
  form.hidden = false;
  choose(new URLSearchParams());
  follow();
})();
