import { tell } from "./asking.js";
import { make } from "./cards.js";
import { VitrineElement } from "./element.js";
import { prepared } from "./photos.js";

const REASONS = { photo_invalid: "unreadable", body_too_large: "large" };

/** <vitrine-photo-search>: choose, drop, paste or shoot a photo, and see what looks like it. */
export class VitrinePhotoSearch extends VitrineElement {
  static count = 12;
  static words = {
    heading: "Search by photo",
    choose: "Choose a photo",
    shoot: "Take a photo",
    drop: "or drop or paste one here",
    preview: "Your photo",
    other: "Another photo",
    loading: "Looking at your photo",
    hits: "{n} products look like your photo",
    empty: "No product was found.",
    far: "Nothing close enough. Try a photo of one garment, from near.",
    unreadable: "This file is no photo that can be read. Try a JPEG or PNG.",
    large: "This photo is too large.",
    error: "Photo search is not available right now.",
    before: "Before",
    now: "Now",
    gone: "Sold out",
    like: "Like",
  };
  #asked = null;
  #onPaste = (event) => this.#paste(event);

  connectedCallback() {
    document.addEventListener("paste", this.#onPaste);
    this.refresh();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("paste", this.#onPaste);
  }

  refresh() {
    this.writeHeading();
    if (this.#asked) this.search(this.#asked);
    else this.#invite();
  }

  /** Search by a photo, any Blob; a page may call this itself. */
  async search(file) {
    this.#asked = file;
    const { photo, canvas } = await prepared(file);
    if (this.#asked !== file) return;
    this.#present(canvas);
    const form = new FormData();
    form.append("photo", photo, "photo");
    form.append("query", JSON.stringify(this.wishes));
    try {
      const answer = await this.asker.ask("/v1/search", { method: "POST", body: form });
      if (answer) this.show(answer);
    } catch (error) {
      this.#fail(error);
    }
  }

  #invite() {
    this.#asked = null;
    this.asker.stop();
    const choices = [this.#chooser("choose"), this.#chooser("shoot", { capture: "environment" })];
    const drop = make(
      "div",
      { part: "drop" },
      make("div", { class: "choices" }, ...choices),
      make("span", { text: this.say("drop") }),
    );
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      drop.addEventListener(kind, (event) => this.#drag(event, drop));
    }
    this.section.replaceChildren(this.heading, drop);
    this.enter("asking");
    return drop;
  }

  #chooser(name, more = {}) {
    const input = make("input", { type: "file", accept: "image/*", class: "unseen", ...more });
    input.addEventListener("change", () => input.files[0] && this.search(input.files[0]));
    return make("label", { part: "button", class: name }, input, this.say(name));
  }

  #drag(event, drop) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.toggle("over", ["dragenter", "dragover"].includes(event.type));
    const [file] = event.dataTransfer.files;
    if (event.type === "drop" && file) this.search(file);
  }

  #paste(event) {
    const [target] = event.composedPath();
    if (target.isContentEditable || /^(INPUT|TEXTAREA)$/.test(target.tagName)) return;
    const files = [...(event.clipboardData?.files ?? [])];
    const file = files.find((each) => each.type.startsWith("image/"));
    if (file) this.search(file);
  }

  #present(canvas) {
    canvas?.setAttribute("aria-label", this.say("preview"));
    const other = make("button", { part: "button", type: "button", text: this.say("other") });
    other.addEventListener("click", () => this.#invite().querySelector("input").focus());
    const asked = make("div", { part: "asked" }, canvas, other);
    const hadFocus = this.shadowRoot.activeElement;
    this.section.replaceChildren(this.heading, asked, this.note, this.grid);
    this.note.classList.remove("unseen");
    this.wait();
    if (hadFocus) other.focus({ preventScroll: true });
  }

  #fail(error) {
    this.grid.replaceChildren();
    const reason = REASONS[error.code] ?? "error";
    if (reason === "error") tell(error.message);
    this.finish("error", this.say(reason));
  }
}
