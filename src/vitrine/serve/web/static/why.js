// The drawer of a hit shows where two photos are alike as soon as it is opened.

export function tellWhere() {
  addEventListener("toggle", (event) => event.target.matches?.("[data-why][open]") && tell(event.target), true);
}

async function tell(drawer) {
  const place = drawer.querySelector(".where");
  if (!place?.querySelector("a")) return; // told already
  place.setAttribute("aria-busy", "true");
  try {
    const address = new URL(drawer.dataset.why, location.href);
    address.searchParams.set("part", "why");
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = document.createElement("div");
    fresh.className = "where";
    fresh.append(...page.body.childNodes);
    place.replaceWith(fresh);
  } catch {
    place.removeAttribute("aria-busy"); // the link is still there
  }
}
