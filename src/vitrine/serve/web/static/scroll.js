// Further hits come by themselves; without this, or when it fails, a link leads to them.
import { watchCards } from "./seen.js";

const N_SKELETONS = 6;

export function scrollOn(root) {
  const more = root.querySelector("[data-more]");
  if (!more) return;
  const grid = more.parentElement.querySelector(".grid");
  const watcher = new IntersectionObserver(
    (seen) => {
      if (!seen.some((each) => each.isIntersecting)) return;
      watcher.disconnect();
      extend(grid, more).then((again) => again && watcher.observe(more));
    },
    { rootMargin: "600px" },
  );
  watcher.observe(more);
}

async function extend(grid, more) {
  const link = more.querySelector("a");
  const address = new URL(link.href);
  address.searchParams.set("part", "cards");
  const waiting = skeletons(more.dataset.loading);
  grid.append(...waiting);
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const known = new Set([...grid.querySelectorAll(".face")].map((face) => face.href));
    const fresh = [...page.querySelectorAll("body > ol > li")];
    grid.append(...fresh.filter((card) => !known.has(card.querySelector(".face").href)));
    watchCards(grid.parentElement);
    const next = page.querySelector("a[rel=next]");
    if (next) link.href = next.href;
    else more.remove();
    return Boolean(next);
  } catch {
    return false; // the link is still there
  } finally {
    for (const each of waiting) each.remove();
  }
}

function skeletons(label) {
  return Array.from({ length: N_SKELETONS }, (_, n) => {
    const card = document.createElement("li");
    card.className = "card skeleton";
    for (const part of ["picture", "bar", "bar"]) {
      const block = document.createElement("span");
      block.className = part;
      card.append(block);
    }
    if (n) card.setAttribute("aria-hidden", "true");
    else card.setAttribute("aria-label", label);
    return card;
  });
}
