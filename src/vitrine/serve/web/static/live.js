// Links and forms marked data-live change the results in place; their addresses stay real.

let prepare = () => {};
let running = null;
let shown = bare(location.href);

export function followLinks(onNew) {
  prepare = onNew;
  addEventListener("click", (event) => {
    const link = event.target.closest("a[data-live]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link.href, { stay: link.dataset.live === "stay" });
  });
  addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-live]");
    if (!form) return;
    event.preventDefault();
    const said = [...new FormData(form)].filter(([, value]) => value !== "");
    show(`${form.action}?${new URLSearchParams(said)}`);
  });
  addEventListener("popstate", () => {
    if (bare(location.href) !== shown) show(location.href, { remember: false });
  });
}

// Show another page of its kind where this one is. `keep`: only its parts, beside a photo that stays;
// `stay`: do not scroll.
export async function show(address, { remember = true, keep = false, stay = false } = {}) {
  running?.abort();
  running = new AbortController();
  const hits = document.querySelector("[data-hits]");
  hits?.setAttribute("aria-busy", "true");
  let page;
  try {
    const answer = await fetch(address, { signal: running.signal, headers: { Accept: "text/html" } });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(address);
    return;
  }
  if (!page.querySelector("#main")) {
    location.assign(address);
    return;
  }
  if (remember) history[keep ? "replaceState" : "pushState"](null, "", address);
  shown = bare(address);
  document.title = page.title;
  const held = document.activeElement?.id;
  const kept = keep && page.querySelector("[data-part]");
  for (const part of document.querySelectorAll(kept ? "[data-part]" : "#main")) {
    const fresh = page.querySelector(kept ? `[data-part="${part.dataset.part}"]` : "#main");
    if (fresh) {
      part.replaceWith(document.adoptNode(fresh));
      prepare(fresh);
    }
  }
  const words = page.querySelector("#q");
  if (words && document.querySelector("#q")) document.querySelector("#q").value = words.value;
  if (keep) return;
  const again = held && held !== "q" && document.getElementById(held);
  (again || document.querySelector("#main")).focus({ preventScroll: true });
  if (!stay) scrollTo({ top: 0 });
}

function bare(address) {
  return new URL(address, location.href).href.split("#")[0];
}
