import { tell } from "./asking.js";
import { make } from "./cards.js";
import { VitrineElement } from "./element.js";

/** <vitrine-similar product-id="D0001">: products like one; not shown where there is nothing to show. */
export class VitrineSimilar extends VitrineElement {
  static count = 8;
  static words = {
    heading: "You may also like",
    loading: "Looking for similar products",
    hits: "{n} similar products",
    empty: "Nothing similar yet.",
    far: "Nothing close enough.",
    error: "Similar products cannot be shown right now.",
    retry: "Try again",
    before: "Before",
    now: "Now",
    gone: "Sold out",
    like: "Like",
  };

  connectedCallback() {
    this.section.replaceChildren(this.heading, this.note, this.grid);
    this.refresh();
  }

  async refresh() {
    this.writeHeading();
    const product = this.getAttribute("product-id");
    if (!product) {
      tell("<vitrine-similar> needs product-id");
      this.finish("off", "");
      return;
    }
    this.wait();
    this.note.classList.add("unseen");
    try {
      const asked = new URLSearchParams(this.wishes);
      const path = `/v1/products/${encodeURIComponent(product)}/similar?${asked}`;
      const answer = await this.asker.ask(path);
      if (answer) this.show(answer);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    tell(error.message);
    this.grid.replaceChildren();
    if (error.lasting) {
      this.finish("off", "");
      return;
    }
    const retry = make("button", { part: "button", type: "button", text: this.say("retry") });
    retry.addEventListener("click", () => this.refresh());
    this.finish("error", this.say("error"), retry);
  }
}
