// Likes are sent without leaving the page; when that fails, the form itself is.
// A second press takes a like back.

export function hearOpinions() {
  addEventListener("submit", (event) => {
    const form = event.target.closest("[data-opinion]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    say(form, event.submitter);
  });
}

async function say(form, button) {
  const said = new URLSearchParams(new FormData(form, button));
  try {
    const answer = await fetch(form.action, { method: "POST", body: said, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const held = button.value !== "unlike";
    for (const each of form.querySelectorAll("button")) {
      const pressed = held && each === button;
      each.ariaPressed = String(pressed);
      each.value = pressed ? "unlike" : each.dataset.opinionOf;
    }
  } catch {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: button.name, value: button.value });
    form.append(field);
    form.submit(); // the answer is a page that says what is wrong
  }
}
