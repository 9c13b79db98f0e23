// Photos that are chosen, dropped or pasted are sent at once.

const here = () => document.querySelector("[data-bring]");

export function bringPhotos() {
  addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches("[data-bring] input[type=file]") && input.files.length) send(input);
  });
  addEventListener("dragover", (event) => {
    if (!here()) return;
    event.preventDefault();
    here().classList.add("over");
  });
  addEventListener("dragleave", (event) => event.relatedTarget || here()?.classList.remove("over"));
  addEventListener("drop", (event) => {
    if (!here()) return;
    event.preventDefault();
    here().classList.remove("over");
    give(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => here() && give(event.clipboardData.files) && event.preventDefault());
  addEventListener("pageshow", () => here() && rest()); // also when somebody comes back
}

export function welcomePhotos(root) {
  const hint = root.querySelector("[data-hint]");
  if (hint && matchMedia("(pointer: fine)").matches) hint.textContent = hint.dataset.hint;
}

function give(files) {
  const photo = [...files].find((file) => file.type.startsWith("image/"));
  if (!photo) return false;
  const carried = new DataTransfer();
  carried.items.add(photo);
  const input = here().querySelector(".drop input[type=file]");
  input.files = carried.files;
  send(input);
  return true;
}

function send(input) {
  here().setAttribute("aria-busy", "true");
  here().querySelector(".busy").textContent = here().dataset.busy;
  input.form.submit();
}

function rest() {
  here().removeAttribute("aria-busy");
  here().querySelector(".busy").textContent = "";
  for (const form of here().querySelectorAll("form")) form.reset();
}
