import { tell } from "./asking.js";

const LONG_ENOUGH_MS = 800;
const PAUSE_MS = 2000;
const MOST_WAITING = 200;

/**
 * Tells the server what a visitor sees, clicks and likes, if the shop says so and the visitor does
 * not mind: the attribute `events`, and `visitor-id`, which the shop gives.
 */
export class Noter {
  #element;
  #asker;
  #waiting = [];
  #timer = 0;
  #watcher = null;
  #onHide = () => this.flush();

  constructor(element, asker) {
    this.#element = element;
    this.#asker = asker;
  }

  get on() {
    if (!this.#element.hasAttribute("events")) return false;
    if (navigator.globalPrivacyControl || navigator.doNotTrack === "1") return false;
    if (!this.#element.getAttribute("visitor-id")) {
      tell("events need visitor-id: a random number that the page gives to this visitor");
      return false;
    }
    return true;
  }

  /** Note one event, in the words of POST /v1/events; whether it will be sent. */
  note(eventType, products, more = {}) {
    if (!this.on) return false;
    const productDetails = products.map(({ product_id, ...rest }) => ({ product: { id: product_id }, ...rest }));
    this.#waiting.push({
      eventId: randomId(),
      eventType,
      visitorId: this.#element.getAttribute("visitor-id"),
      productDetails,
      attributes: { list: { text: [this.#element.localName] } },
      ...more,
    });
    addEventListener("pagehide", this.#onHide);
    this.#timer ||= setTimeout(() => this.flush(), PAUSE_MS);
    return true;
  }

  /** Note cards once each of them was half in view for a moment. */
  watch(cards, hits) {
    this.rest();
    if (!this.on) return;
    const timers = new Map();
    this.#watcher = new IntersectionObserver(
      (seen) => {
        for (const { target, isIntersecting } of seen) {
          clearTimeout(timers.get(target));
          if (isIntersecting) timers.set(target, setTimeout(() => this.#saw(target, cards, hits), LONG_ENOUGH_MS));
        }
      },
      { threshold: 0.5 },
    );
    for (const card of cards) this.#watcher.observe(card);
  }

  /** Watch no more, and send what waits. */
  rest() {
    this.#watcher?.disconnect();
    removeEventListener("pagehide", this.#onHide);
    this.flush();
  }

  async flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const events = together(this.#waiting.splice(0));
    if (!events.length) return;
    try {
      const answer = await this.#asker.send("/v1/events", { events });
      for (const { detail } of answer.failed) tell(`an event was refused: ${detail}`);
    } catch (error) {
      tell(error.message);
      if (!error.lasting) this.#waiting.unshift(...events.slice(-MOST_WAITING)); // sent again with the next ones
    }
  }

  #saw(card, cards, hits) {
    this.#watcher?.unobserve(card);
    const position = cards.indexOf(card);
    if (card.isConnected) this.note("impression", [{ product_id: hits[position].product_id, position }]);
  }
}

/** Impressions of one batch as one event. */
function together(events) {
  const shown = events.filter((event) => event.eventType === "impression");
  if (shown.length < 2) return events;
  const one = { ...shown[0], productDetails: shown.flatMap((event) => event.productDetails) };
  return [one, ...events.filter((event) => event.eventType !== "impression")];
}

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
