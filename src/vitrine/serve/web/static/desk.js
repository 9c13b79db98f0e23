// What makes the desk livelier; all of it works without this.
import { follow } from "./desk/follow.js";
import { reviewByKeys } from "./desk/review.js";

follow(document.querySelector("[data-follow]"));
reviewByKeys(document.querySelector("[data-queue]"));

for (const form of document.querySelectorAll("form[data-sending]")) {
  form.addEventListener("submit", () => {
    form.querySelector("[data-status]").textContent = form.dataset.sending;
  });
}
