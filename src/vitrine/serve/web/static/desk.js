// What makes the desk livelier; all of it works without this.
import { follow } from "./desk/follow.js";
import { labelByKeys } from "./desk/label.js";
import { reviewByKeys } from "./desk/review.js";

follow(document.querySelector("[data-follow]"));
labelByKeys(document.querySelector("[data-label]"));
reviewByKeys(document.querySelector("[data-queue]"));

for (const form of document.querySelectorAll("form[data-sending]")) {
  form.addEventListener("submit", () => {
    form.querySelector("[data-status]").textContent = form.dataset.sending;
  });
}
