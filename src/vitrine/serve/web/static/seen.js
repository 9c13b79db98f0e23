// Tells the shop which cards were really seen, clicked and liked, in batches, without holding anything up.

const LONG_ENOUGH_MS = 800;
const PAUSE_MS = 4000;
const MOST = 40; // cards of one batch

const told = new WeakSet();
const waiting = new Map(); // list -> [{product_id, position}]
let timer = 0;

const watcher = new IntersectionObserver(notice, { threshold: 0.5 });
const looking = new WeakMap();

export function watchCards(root) {
  for (const card of root.querySelectorAll("[data-list] > [data-product]")) {
    if (!told.has(card)) watcher.observe(card);
  }
}

export function tellShop() {
  addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
  addEventListener("pagehide", flush);
  addEventListener("click", clicked, true);
  addEventListener("auxclick", clicked, true);
  const page = document.querySelector("[data-unseen]");
  if (page) send([sighting("detail-page-view", "", [{ product_id: page.dataset.unseen }])]);
}

function notice(entries) {
  for (const { target: card, isIntersecting } of entries) {
    clearTimeout(looking.get(card));
    if (isIntersecting) looking.set(card, setTimeout(() => saw(card), LONG_ENOUGH_MS));
  }
}

function saw(card) {
  const list = card.closest("[data-list]")?.dataset.list;
  if (told.has(card) || !list || document.visibilityState === "hidden") return;
  told.add(card);
  watcher.unobserve(card);
  const seen = waiting.get(list) ?? [];
  waiting.set(list, [...seen, placeOf(card)]);
  if (seen.length + 1 >= MOST) flush();
  else timer ||= setTimeout(flush, PAUSE_MS);
}

function clicked(event) {
  const card = event.target.closest?.("[data-list] > [data-product]");
  if (!card || event.button > 1) return;
  const { list } = card.parentElement.dataset;
  if (event.target.closest(".face")) send([sighting("detail-page-view", list, [placeOf(card)])]);
  const { says } = event.target.closest("[data-says]")?.dataset ?? {};
  if (says) send([sighting(says, list, [placeOf(card)])]);
}

function placeOf(card) {
  const grid = card.parentElement;
  const position = [...grid.querySelectorAll(":scope > [data-product]")].indexOf(card);
  return { product_id: card.dataset.product, position: position + Number(grid.dataset.from ?? 0) };
}

function flush() {
  clearTimeout(timer);
  timer = 0;
  if (!waiting.size) return;
  const seen = [...waiting].map(([list, products]) => sighting("impression", list, products));
  waiting.clear();
  send(seen);
}

function sighting(kind, list, products) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const sighting_id = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { sighting_id, kind, shelf: list, products };
}

function send(seen) {
  const body = JSON.stringify({ page: location.pathname, seen });
  const sent = navigator.sendBeacon("/seen", new Blob([body], { type: "application/json" }));
  if (!sent) fetch("/seen", { method: "POST", body, headers: { "Content-Type": "application/json" } }).catch(() => {});
}
