// The map of styles: thousands of products as dots, moved and scaled by mouse, touch and keys.

const REACH_PX = 14; // how far from a dot a pointer may be
const STEP_PX = 60;
const MOST_SCALE = 80;
const PATIENCE_MS = 120;

const atlas = document.querySelector("[data-atlas]");
if (atlas) open(atlas);

async function open(root) {
  const plane = root.querySelector("[data-plane]");
  let map;
  try {
    const answer = await fetch(root.dataset.atlas);
    if (!answer.ok) throw new Error(answer.status);
    map = await answer.json();
  } catch {
    return; // the table says the same
  }
  root.hidden = false;
  const started = performance.now();
  new Atlas(root, plane, map);
  performance.measure("map drawn", { start: started, end: performance.now() });
}

class Atlas {
  constructor(root, plane, map) {
    this.root = root;
    this.plane = plane;
    this.canvas = plane.querySelector("canvas");
    this.map = map;
    this.colours = [...document.querySelectorAll("[data-style] rect")].map((dot) => dot.getAttribute("fill"));
    this.order = byStyle(map.style, map.styles.length);
    this.chosen = -1;
    this.only = -1;
    this.fingers = new Map();
    this.pieces = new Map();
    this.fit();
    this.listen();
    this.draw();
  }

  // where things are

  fit() {
    const { width, height } = this.plane.getBoundingClientRect();
    Object.assign(this, { width, height });
    const [left, right] = ends(this.map.x);
    const [bottom, top] = ends(this.map.y);
    this.least = 0.94 * Math.min(width / Math.max(right - left, 1), height / Math.max(top - bottom, 1));
    this.scale = this.least;
    this.left = width / 2 - ((left + right) / 2) * this.scale;
    this.top = height / 2 + ((top + bottom) / 2) * this.scale;
  }

  at(point) {
    return [this.left + this.map.x[point] * this.scale, this.top - this.map.y[point] * this.scale];
  }

  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const scale = Math.min(Math.max(this.scale * factor, this.least / 2), this.least * MOST_SCALE);
    this.left = x - ((x - this.left) * scale) / this.scale;
    this.top = y - ((y - this.top) * scale) / this.scale;
    this.scale = scale;
    this.later();
  }

  pan(x, y) {
    this.left += x;
    this.top += y;
    this.later();
  }

  nearest(x, y, reach) {
    let best = -1;
    let least = reach * reach;
    for (let point = 0; point < this.map.x.length; point++) {
      if (this.only >= 0 && this.map.style[point] !== this.only) continue;
      const [left, top] = this.at(point);
      const apart = (left - x) ** 2 + (top - y) ** 2;
      if (apart < least) [best, least] = [point, apart];
    }
    return best;
  }

  // The nearest dot within a right angle of a direction.
  beyond(x, y) {
    const [fromLeft, fromTop] = this.at(this.chosen);
    let best = -1;
    let least = Infinity;
    for (let point = 0; point < this.map.x.length; point++) {
      if (this.only >= 0 && this.map.style[point] !== this.only) continue;
      const [left, top] = this.at(point);
      const along = (left - fromLeft) * x + (top - fromTop) * y;
      const aside = Math.abs((left - fromLeft) * y - (top - fromTop) * x);
      if (along < 0.5 || aside > along) continue;
      const apart = along + 2 * aside;
      if (apart < least) [best, least] = [point, apart];
    }
    return best;
  }

  // what is seen

  later() {
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = null;
    const sharp = devicePixelRatio || 1;
    this.canvas.width = Math.round(this.width * sharp);
    this.canvas.height = Math.round(this.height * sharp);
    const pen = this.canvas.getContext("2d");
    pen.scale(sharp, sharp);
    const look = getComputedStyle(this.plane);
    const n = this.map.x.length;
    const side = Math.min(9, (n > 4000 ? 2 : n > 800 ? 4 : 6) * Math.sqrt(this.scale / this.least));
    this.order.forEach((points, style) => {
      pen.globalAlpha = this.only < 0 || this.only === style ? 0.85 : 0.08;
      pen.fillStyle = this.colours[style];
      for (const point of points) {
        const [left, top] = this.at(point);
        if (left < -9 || top < -9 || left > this.width + 9 || top > this.height + 9) continue;
        pen.fillRect(left - side / 2, top - side / 2, side, side);
      }
    });
    pen.globalAlpha = 1;
    this.name(pen, look);
    if (this.chosen >= 0) this.ring(pen, look, side);
  }

  // Names of styles, the largest first, where there is room.
  name(pen, look) {
    pen.font = `13px ${look.fontFamily}`;
    pen.textAlign = "center";
    pen.lineJoin = "round";
    pen.lineWidth = 4;
    pen.strokeStyle = look.backgroundColor;
    pen.fillStyle = look.color;
    const taken = [];
    this.map.styles.forEach((style, place) => {
      if (this.only >= 0 && this.only !== place) return;
      const x = this.left + style.x * this.scale;
      const y = this.top - style.y * this.scale;
      const half = pen.measureText(style.name).width / 2 + 6;
      if (x < half || x > this.width - half || y < 14 || y > this.height - 4) return;
      if (taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 20)) return;
      taken.push({ x, y, half });
      pen.strokeText(style.name, x, y);
      pen.fillText(style.name, x, y);
    });
  }

  ring(pen, look, side) {
    const [left, top] = this.at(this.chosen);
    for (const [width, colour] of [[5, look.backgroundColor], [2, look.color]]) {
      pen.beginPath();
      pen.arc(left, top, side / 2 + 5, 0, 2 * Math.PI);
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.stroke();
    }
  }

  // what is chosen

  choose(point) {
    if (point === this.chosen) return;
    this.chosen = point;
    clearTimeout(this.waiting);
    if (point >= 0) this.waiting = setTimeout(() => this.tell(point), PATIENCE_MS);
    this.later();
  }

  async tell(point) {
    const productId = this.map.product_ids[point];
    const place = this.root.querySelector("[data-piece]");
    if (!this.pieces.has(productId)) {
      try {
        const answer = await fetch(`${place.dataset.piece}?${new URLSearchParams({ product: productId })}`);
        if (!answer.ok) throw new Error(answer.status);
        this.pieces.set(productId, await answer.text());
      } catch {
        return; // it left the shop, or the server is busy
      }
    }
    if (point !== this.chosen) return;
    const page = new DOMParser().parseFromString(this.pieces.get(productId), "text/html");
    place.replaceChildren(...page.body.childNodes);
  }

  look(point) {
    this.choose(point);
    const [left, top] = this.at(point);
    if (left < 20 || left > this.width - 20) this.left += this.width / 2 - left;
    if (top < 20 || top > this.height - 20) this.top += this.height / 2 - top;
    this.later();
  }

  show(style) {
    this.only = this.only === style ? -1 : style;
    for (const button of document.querySelectorAll("[data-only]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.only) === this.only));
    }
    this.later();
  }

  // what people do

  listen() {
    const { plane } = this;
    plane.addEventListener("keydown", (event) => this.press(event));
    plane.addEventListener("wheel", (event) => this.roll(event), { passive: false });
    plane.addEventListener("pointerdown", (event) => this.touch(event));
    plane.addEventListener("pointermove", (event) => this.drag(event));
    plane.addEventListener("pointerup", (event) => this.release(event));
    plane.addEventListener("pointercancel", (event) => this.fingers.delete(event.pointerId));
    for (const button of this.root.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.turn(button.dataset.zoom));
    }
    for (const button of document.querySelectorAll("[data-only]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.show(Number(button.dataset.only)));
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.later());
    new ResizeObserver(() => {
      const { width, height } = plane.getBoundingClientRect();
      if (width === this.width && height === this.height) return;
      this.fit();
      this.later();
    }).observe(plane);
  }

  turn(way) {
    if (way === "whole") {
      this.fit();
      this.later();
    } else this.zoom(way === "in" ? 1.6 : 1 / 1.6);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    if (way && event.shiftKey) this.pan(-way[0] * STEP_PX, -way[1] * STEP_PX);
    else if (way) {
      const first = this.chosen < 0;
      const point = first ? this.nearest(this.width / 2, this.height / 2, Infinity) : this.beyond(...way);
      if (point >= 0) this.look(point);
    } else if (event.key === "+" || event.key === "=") this.turn("in");
    else if (event.key === "-") this.turn("out");
    else if (event.key === "0") this.turn("whole");
    else if (event.key === "Escape") this.choose(-1);
    else if (event.key === "Enter" && this.chosen >= 0) {
      location.assign(`/products/${encodeURIComponent(this.map.product_ids[this.chosen])}`);
    } else return;
    event.preventDefault();
  }

  roll(event) {
    if (!event.ctrlKey && document.activeElement !== this.plane) return; // the page scrolls on
    event.preventDefault();
    this.zoom(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 200), ...this.within(event));
  }

  touch(event) {
    this.plane.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, this.within(event));
    this.moved = this.fingers.size > 1;
    this.from = this.within(event);
  }

  drag(event) {
    const now = this.within(event);
    const before = this.fingers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") this.choose(this.nearest(...now, REACH_PX));
      return;
    }
    if (Math.hypot(now[0] - this.from[0], now[1] - this.from[1]) > 4) this.moved = true;
    const other = [...this.fingers].find(([finger]) => finger !== event.pointerId)?.[1];
    if (other) {
      const factor = Math.hypot(now[0] - other[0], now[1] - other[1]) / Math.max(1, Math.hypot(before[0] - other[0], before[1] - other[1]));
      this.zoom(factor, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    } else if (this.moved) this.pan(now[0] - before[0], now[1] - before[1]);
    this.fingers.set(event.pointerId, now);
  }

  release(event) {
    this.fingers.delete(event.pointerId);
    if (!this.moved) this.choose(this.nearest(...this.within(event), 2 * REACH_PX));
  }

  within(event) {
    const box = this.plane.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
}

function byStyle(styles, n) {
  const points = Array.from({ length: n }, () => []);
  styles.forEach((style, point) => points[style].push(point));
  return points;
}

function ends(numbers) {
  let [least, most] = [Infinity, -Infinity];
  for (const each of numbers) {
    if (each < least) least = each;
    if (each > most) most = each;
  }
  return [least, most];
}
