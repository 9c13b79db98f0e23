// Label by keyboard: a number chooses a known word, Escape skips, letters are typed.

export function labelByKeys(form) {
  if (!form) return;
  const word = form.querySelector("[name=label]");

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target !== word && event.target.matches("input, select, textarea")) return;
    if (word.value) return;
    const button = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (button) {
      event.preventDefault();
      form.requestSubmit(button);
    } else if (/^\p{L}$/u.test(event.key)) word.focus();
  });
}
