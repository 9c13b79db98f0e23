/** What is shown: made node by node, so that no text of a product is ever read as HTML. */

/** An element; a `part` is also its class, `text` its text, and the rest are attributes. */
export function make(tag, { part, text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (part) {
    element.part = part;
    attributes.class = `${part} ${attributes.class ?? ""}`.trim();
  }
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children.filter(Boolean));
  return element;
}

/** A card that will be one. */
export function waitingCard() {
  const bars = [make("div", { class: "bar" }), make("div", { class: "bar" })];
  const attributes = { part: "card", class: "waiting", "aria-hidden": "true" };
  return make("li", attributes, make("div", { class: "frame" }), ...bars);
}

/**
 * A product found.
 *
 * `style` says what the host page wants: `link` (a template, or null), `photo` (path -> address),
 * `locale`, and `say` (name -> words). `onLike`, if any, makes a heart.
 */
export function cardOf(hit, style, onClick, onLike) {
  const { product } = hit;
  const href = linkOf(hit, style.link);
  const body = make(
    href ? "a" : "div",
    { part: "link", class: "body", ...(href && { href }) },
    make("span", { part: "photo", class: "frame" }, photoOf(product, style)),
    product.brand && make("span", { part: "brand", text: product.brand }),
    make("span", { part: "title", text: product.title ?? hit.product_id }),
    product.price && priceOf(product, style),
    product.availability === "out_of_stock" && make("span", { part: "gone", text: style.say("gone") }),
  );
  body.addEventListener("click", onClick);
  return make("li", { part: "card" }, body, onLike && heart(hit, style, onLike));
}

function heart({ product, product_id }, { say }, onLike) {
  const label = `${say("like")}: ${product.title ?? product_id}`;
  const button = make("button", { part: "like", type: "button", text: "♡", "aria-label": label, "aria-pressed": "false" });
  button.addEventListener("click", (event) => {
    if (button.ariaPressed === "true") return;
    button.ariaPressed = "true";
    button.textContent = "♥";
    onLike(event);
  });
  return button;
}

/** Where a card leads; no address but http(s), because a link of javascript: would run here. */
function linkOf({ product, product_id }, template) {
  const written = template?.replaceAll("{id}", encodeURIComponent(product_id)) ?? product.link;
  if (!written) return null;
  try {
    const url = new URL(written, document.baseURI);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function photoOf(product, style) {
  if (!product.photos?.length) return null;
  const image = make("img", { alt: "", loading: "lazy", decoding: "async", width: 240, height: 320 });
  image.referrerPolicy = "no-referrer";
  image.addEventListener("error", () => image.remove());
  image.src = style.photo(product.photos[0]);
  return image;
}

function priceOf({ price, sale_price: sale }, { locale, say }) {
  const shown = make("span", { part: "price" });
  if (sale) {
    const [before, now] = ["before", "now"].map((name) => make("span", { class: "unseen", text: `${say(name)} ` }));
    shown.append(before, make("s", { part: "before", text: money(price, locale) }), " ", now);
  }
  shown.append(make("span", { part: "now", text: money(sale ?? price, locale) }));
  return shown;
}

function money({ amount, currency }, locale) {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}
