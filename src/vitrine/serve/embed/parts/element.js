import { Asker } from "./asking.js";
import { cardOf, make, waitingCard } from "./cards.js";
import { Noter } from "./noting.js";

const SETTINGS = ["server", "key", "api-key", "count", "where", "group-by", "min-score", "link-to", "likes"];

const sheet = new CSSStyleSheet();
sheet.replaceSync("@@embed.css@@");

/**
 * What both components are: a heading, a note and a grid of products.
 *
 * The attribute `state` says where it stands: asking (for a photo), loading, hits, empty,
 * far (nothing close enough), error, or off, which is not shown.
 */
export class VitrineElement extends HTMLElement {
  static observedAttributes = [...SETTINGS, "product-id", "heading"];
  #planned = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    this.asker = new Asker(this);
    this.noter = new Noter(this, this.asker);
    this.heading = make("h2", { part: "heading", id: "heading" });
    this.note = make("p", { part: "note", role: "status" });
    this.grid = make("ul", { part: "grid" });
    this.section = make("section", { "aria-labelledby": "heading" });
    this.shadowRoot.append(this.section);
  }

  attributeChangedCallback(_name, before, after) {
    if (before === after || !this.isConnected || this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      if (this.isConnected) this.refresh();
    });
  }

  disconnectedCallback() {
    this.asker.stop();
    this.noter.rest();
  }

  /** Tell the server what the page knows: add-to-cart, purchase-complete...; whether it will. */
  report(eventType, products, more = {}) {
    return this.noter.note(eventType, products, more);
  }

  say(name) {
    return this.getAttribute(`text-${name}`) ?? this.constructor.words[name];
  }

  get count() {
    const asked = Number.parseInt(this.getAttribute("count") ?? "", 10);
    return Math.min(100, Math.max(1, asked || this.constructor.count));
  }

  /** What both kinds of question can say besides. */
  get wishes() {
    const said = { k: this.count };
    if (this.getAttribute("where")) said.where = this.getAttribute("where");
    if (this.getAttribute("group-by")) said.group_by = this.getAttribute("group-by");
    if (this.getAttribute("min-score")) said.min_score = Number(this.getAttribute("min-score"));
    return said;
  }

  writeHeading() {
    const text = this.getAttribute("heading") ?? this.say("heading");
    this.heading.textContent = text;
    this.heading.hidden = !text;
  }

  enter(state) {
    this.setAttribute("state", state);
    this.section.setAttribute("aria-busy", String(state === "loading"));
  }

  wait() {
    this.enter("loading");
    this.note.replaceChildren(this.say("loading"));
    this.grid.replaceChildren(...Array.from({ length: this.count }, waitingCard));
  }

  show(answer) {
    const { hits } = answer;
    const style = {
      link: this.getAttribute("link-to"),
      photo: (path) => this.asker.photoAddress(path),
      locale: this.closest("[lang]")?.lang || navigator.language,
      say: (name) => this.say(name),
    };
    const cards = hits.map((hit, position) => this.#card(hit, position, style));
    this.grid.replaceChildren(...cards);
    this.noter.watch(cards, hits);
    const state = hits.length ? "hits" : answer.nothing_close ? "far" : "empty";
    this.finish(state, this.say(state).replace("{n}", hits.length));
    this.#emit("vitrine-hits", answer);
  }

  /** Name the state; words that the shop left empty hide the whole component. */
  finish(state, text, ...actions) {
    this.note.classList.toggle("unseen", state === "hits");
    this.note.replaceChildren(text, ...actions);
    this.enter(text || state === "hits" ? state : "off");
  }

  #card(hit, position, style) {
    const { product_id, product, score } = hit;
    const detail = { product_id, position, score, product };
    const follow = (event) => {
      this.noter.note("detail-page-view", [{ product_id, position }]);
      if (!this.#emit("vitrine-click", detail, true)) event.preventDefault();
    };
    const like = () => {
      this.noter.note("like", [{ product_id, position }]);
      this.#emit("vitrine-like", detail);
    };
    return cardOf(hit, style, follow, this.hasAttribute("likes") && like);
  }

  #emit(name, detail, cancelable = false) {
    const event = new CustomEvent(name, { detail, cancelable, bubbles: true, composed: true });
    return this.dispatchEvent(event);
  }
}
