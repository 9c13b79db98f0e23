// Several photos are sent as soon as they are chosen, and the page says that it is looking.

export function bringSeveral() {
  addEventListener("change", (event) => {
    const input = event.target;
    const place = input.closest?.("[data-several]");
    if (!place || !input.files?.length) return;
    const status = place.querySelector(".busy");
    status.textContent = `${place.dataset.chosen.replace("[n]", input.files.length)}. ${place.dataset.busy}`;
    place.setAttribute("aria-busy", "true");
    input.form.submit();
  });
  addEventListener("pageshow", () => {
    for (const place of document.querySelectorAll("[data-several]")) {
      place.removeAttribute("aria-busy");
      place.querySelector(".busy").textContent = "";
      for (const form of place.querySelectorAll("form")) form.reset();
    }
  });
}
