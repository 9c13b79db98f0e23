// A frame on the photo: the part of it that is searched by. Mouse, touch and keyboard.
import { show } from "./live.js";

const SIDES = ["left", "top", "right", "bottom"];
const LEAST = 10; // percent of a side
const STEP = 2;
const WHOLE = "0,0,100,100";
const PATIENCE_MS = 450;

export function framePhoto(root) {
  const stage = root.querySelector("[data-crop]");
  const form = root.querySelector("[data-crop-form]");
  if (stage && form) new Frame(stage, form);
}

class Frame {
  constructor(stage, form) {
    this.stage = stage;
    this.form = form;
    this.fields = SIDES.map((side) => form.elements[`crop_${side}`]);
    this.box = this.fields.map((field) => Number(field.value));
    this.asked = String(this.box);
    stage.querySelector(".cut")?.remove();
    stage.classList.add("framed");
    this.frame = makeFrame(stage.dataset.label);
    stage.append(this.frame);
    this.whole = form.querySelector("[data-whole]");
    this.whole.addEventListener("click", (event) => {
      event.preventDefault();
      this.#set([0, 0, 100, 100]);
    });
    this.status = stage.parentElement.querySelector("[data-crop-status]");
    this.frame.addEventListener("keydown", (event) => this.#key(event));
    stage.addEventListener("pointerdown", (event) => this.#grab(event));
    for (const field of this.fields) field.addEventListener("change", () => this.#typed());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask();
    });
    this.parts = [...stage.parentElement.querySelectorAll("a[data-box]")];
    for (const link of this.parts) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.#set(boxOf(link));
      });
    }
    this.#draw();
  }

  #key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [x, y] = way.map((each) => each * STEP);
    const whole = String(this.box) === WHOLE;
    const [left, top, right, bottom] = this.box;
    if (event.shiftKey) this.#set([left, top, right + x, bottom + y]);
    else if (whole) this.#set(shrunk(x, y));
    else this.#move(x, y, this.box);
  }

  #grab(event) {
    if (event.button || !event.isPrimary) return;
    const at = this.#place(event);
    const corner = event.target.dataset?.at;
    const start = [...this.box];
    const inside = event.target === this.frame && String(start) !== WHOLE;
    if (!corner && !inside && event.pointerType === "touch") return; // that scrolls the page
    event.preventDefault();
    this.frame.focus({ preventScroll: true });
    const drag = (moved) => {
      const [x, y] = this.#place(moved);
      if (corner) this.#pull(corner, start, x, y);
      else if (inside) this.#move(x - at[0], y - at[1], start);
      else if (Math.hypot(x - at[0], y - at[1]) > 2) this.#set(spanned(at, [x, y]));
    };
    const drop = () => {
      this.stage.removeEventListener("pointermove", drag);
      for (const end of ["pointerup", "pointercancel"]) this.stage.removeEventListener(end, drop);
    };
    this.stage.setPointerCapture(event.pointerId);
    this.stage.addEventListener("pointermove", drag);
    for (const end of ["pointerup", "pointercancel"]) this.stage.addEventListener(end, drop);
  }

  #place(event) {
    const around = this.stage.getBoundingClientRect();
    return [
      between(0, (100 * (event.clientX - around.left)) / around.width, 100),
      between(0, (100 * (event.clientY - around.top)) / around.height, 100),
    ];
  }

  #move(x, y, [left, top, right, bottom]) {
    const across = between(-left, x, 100 - right);
    const down = between(-top, y, 100 - bottom);
    this.#set([left + across, top + down, right + across, bottom + down]);
  }

  #pull(corner, [left, top, right, bottom], x, y) {
    this.#set([
      corner.includes("w") ? Math.min(x, right - LEAST) : left,
      corner.includes("n") ? Math.min(y, bottom - LEAST) : top,
      corner.includes("e") ? Math.max(x, left + LEAST) : right,
      corner.includes("s") ? Math.max(y, top + LEAST) : bottom,
    ]);
  }

  #typed() {
    if (this.form.checkValidity()) this.#set(this.fields.map((field) => Number(field.value)));
  }

  #set([left, top, right, bottom]) {
    const first = [between(0, left, 100 - LEAST), between(0, top, 100 - LEAST)];
    this.box = [...first, between(first[0] + LEAST, right, 100), between(first[1] + LEAST, bottom, 100)];
    this.#draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), PATIENCE_MS);
  }

  #draw() {
    const shown = this.box.map((side) => Math.round(10 * side) / 10);
    const [left, top, right, bottom] = shown;
    Object.assign(this.frame.style, {
      left: `${left}%`,
      top: `${top}%`,
      width: `${right - left}%`,
      height: `${bottom - top}%`,
    });
    this.fields.forEach((field, n) => {
      field.value = shown[n];
    });
    for (const link of this.parts) {
      if (String(boxOf(link)) === String(shown)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    this.whole.hidden = String(this.box) === WHOLE;
  }

  #ask() {
    clearTimeout(this.timer);
    if (!this.stage.isConnected || String(this.box) === this.asked) return;
    this.asked = String(this.box);
    const said = [...new FormData(this.form)].filter(([name]) => !name.startsWith("crop_"));
    const crop = this.box.map((side) => Math.round(10 * side) / 1000).join(",");
    if (crop !== "0,0,1,1") said.push(["crop", crop]);
    if (this.status) this.status.textContent = this.#words();
    show(`${this.form.action}?${new URLSearchParams(said)}`, { keep: true });
  }

  #words() {
    return SIDES.reduce(
      (text, side, n) => text.replace(`{${side}}`, Math.round(this.box[n])),
      this.stage.dataset.now,
    );
  }
}

function makeFrame(label) {
  const frame = document.createElement("button");
  frame.type = "button";
  frame.className = "frame";
  frame.setAttribute("aria-label", label);
  for (const at of ["nw", "ne", "sw", "se"]) {
    const grip = document.createElement("span");
    grip.className = "grip";
    grip.dataset.at = at;
    frame.append(grip);
  }
  return frame;
}

function boxOf(link) {
  return link.dataset.box.split(",").map((share) => Math.round(1000 * Number(share)) / 10);
}

// The whole photo cannot move: the first arrow makes room on the side that it leaves.
function shrunk(x, y) {
  return [x > 0 ? 10 : 0, y > 0 ? 10 : 0, x < 0 ? 90 : 100, y < 0 ? 90 : 100];
}

function spanned(one, other) {
  const [x, y] = [0, 1].map((n) => [one[n], other[n]].sort((a, b) => a - b));
  return [x[0], y[0], x[1], y[1]];
}

function between(least, value, most) {
  return Math.min(Math.max(value, least), most);
}
