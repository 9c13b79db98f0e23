// Decide by keyboard: one value after the other, or all that are selected.

const MOVES = { j: 1, k: -1 };
const DECIDES = { a: "keep", c: "take" };

export function reviewByKeys(form) {
  if (!form) return;
  const items = [...form.querySelectorAll("[data-doubt]")];
  const switched = form.querySelector("[data-keys]");
  let current = -1;

  const go = (number) => {
    current = Math.max(0, Math.min(items.length - 1, number));
    items[current].focus({ preventScroll: true });
    items[current].scrollIntoView({ block: "nearest" });
  };
  const decide = (what) => {
    const chosen = items.filter((item) => tick(item).checked);
    const meant = chosen.length ? chosen : items.slice(Math.max(current, 0)).slice(0, 1);
    const radios = meant.map((item) => item.querySelector(`[data-do=${what}]`));
    const again = radios.every((radio) => radio.checked);
    for (const radio of radios) radio.checked = !again;
    for (const item of chosen) tick(item).checked = false;
    tell(form);
    if (!chosen.length && !again) go(Math.max(current, 0) + 1);
  };

  form.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-doubt]");
    if (item) current = items.indexOf(item);
  });
  form.addEventListener("change", () => tell(form));
  form.addEventListener("input", (event) => {
    if (!event.target.name?.startsWith("other-") || !event.target.value) return;
    event.target.closest("[data-doubt]").querySelector("[data-do=other]").checked = true;
    tell(form);
  });
  addEventListener("keydown", (event) => {
    if (!switched.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const on = event.target;
    if (on.matches("input:not([type=radio], [type=checkbox]), select, textarea")) return;
    const key = event.key.toLowerCase();
    if (key in MOVES) go(current + MOVES[key]);
    else if (key in DECIDES) decide(DECIDES[key]);
    else if (key === "x") {
      const box = tick(items[Math.max(current, 0)]);
      box.checked = !box.checked;
    } else if (key === "enter" && (on === document.body || on.matches("[data-doubt], #main"))) {
      form.requestSubmit(form.querySelector(".apply .button"));
    } else return;
    event.preventDefault();
  });
  form.querySelector("[data-select-all]").addEventListener("click", (event) => {
    event.preventDefault();
    const all = items.every((item) => tick(item).checked);
    for (const item of items) tick(item).checked = !all;
  });
  if (form.dataset.queue) go(0); // something was decided just now
  tell(form);
}

function tick(item) {
  return item.querySelector("[name=select]");
}

function tell(form) {
  const said = form.querySelector("[data-decided]");
  const n = form.querySelectorAll("[data-do]:checked").length;
  const text = n === 1 ? said.dataset.one : said.dataset.other;
  said.textContent = n ? text.replace("[n]", n) : "";
}
