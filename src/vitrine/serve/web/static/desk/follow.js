// An import's progress, as it happens; its end shows the whole page anew.

export function follow(job) {
  if (!job) return;
  const bar = job.querySelector("progress");
  const said = job.querySelector("[data-said]");
  const events = new EventSource(job.dataset.follow);
  events.addEventListener("progress", (event) => {
    const { done, total, note } = JSON.parse(event.data);
    if (total) {
      bar.max = total;
      bar.value = done;
    }
    if (note) said.textContent = note;
    else if (total) said.textContent = worded(job.dataset.photos, done, total);
  });
  events.addEventListener("done", () => {
    events.close();
    location.reload();
  });
}

function worded(text, done, total) {
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  return text.replace("[done]", numbers.format(done)).replace("[total]", numbers.format(total));
}
